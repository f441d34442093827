//! Limits the number of runs per key, for `Worker::run_at_most`.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::docket::model::key::Key;

/// The number of runs that are left for each limited key.
#[derive(Debug, Default)]
pub(crate) struct Quotas {
    left: Mutex<HashMap<Key, u32>>,
    /// True if any key is limited. Every run reads this flag, so that runs without limits do not take the lock.
    any: AtomicBool,
}

impl Quotas {
    /// Limits these keys until the guard is dropped.
    pub(crate) fn limit(&self, quotas: HashMap<Key, u32>) -> QuotaGuard<'_> {
        let keys = quotas.keys().cloned().collect();
        let mut left = self.left();
        left.extend(quotas);
        self.any.store(true, Ordering::Release);
        drop(left);
        QuotaGuard { quotas: self, keys }
    }

    /// Counts a run of `key`. Returns false if `key` has no run left.
    pub(crate) fn take_run(&self, key: &str) -> bool {
        if !self.any.load(Ordering::Acquire) {
            return true;
        }
        match self.left().get_mut(key) {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    /// Returns true if `key` is limited and has no further run.
    pub(crate) fn is_used_up(&self, key: &Key) -> bool {
        self.any.load(Ordering::Acquire) && self.left().get(key) == Some(&0)
    }

    fn left(&self) -> MutexGuard<'_, HashMap<Key, u32>> {
        self.left.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Removes the limits of a call when it ends or is dropped.
pub(crate) struct QuotaGuard<'a> {
    quotas: &'a Quotas,
    keys: Vec<Key>,
}

impl Drop for QuotaGuard<'_> {
    fn drop(&mut self) {
        let mut left = self.quotas.left();
        left.retain(|key, _| !self.keys.contains(key));
        self.quotas.any.store(!left.is_empty(), Ordering::Release);
    }
}
