//! [`Local`]: the state of one process's own calls, which is not stored in the file.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::sqlite::watches::Watches;
use crate::docket::model::time::Timestamp;

/// The part of a docket that only this process needs.
#[derive(Debug)]
pub(super) struct Local {
    /// The random number of this process in the table `processes`.
    pub(super) process: i64,
    /// The time of the first transaction of this process.
    pub(super) started: Timestamp,
    pub(super) watches: Watches,
    /// The workers of this process. Their latest calls are kept here, so that an idle worker writes nothing.
    pub(super) workers: HashMap<Arc<str>, LocalWorker>,
}

#[derive(Debug)]
pub(super) struct LocalWorker {
    pub(super) seen: Timestamp,
    pub(super) lease: Duration,
    /// The number of its slots, free or not.
    pub(super) slots: usize,
    /// The number of sleeping claims. The worker is alive while there is at least one.
    pub(super) sleeping_claims: usize,
}

impl LocalWorker {
    pub(super) fn is_alive(&self, now: Timestamp) -> bool {
        self.sleeping_claims > 0 || self.seen + self.lease > now
    }
}

impl Local {
    pub(super) fn new() -> Self {
        Self {
            process: rand::random(),
            started: Timestamp::EPOCH,
            watches: Watches::default(),
            workers: HashMap::new(),
        }
    }

    pub(super) fn claim_sleeps(&mut self, name: &Arc<str>) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.sleeping_claims += 1;
        }
    }

    pub(super) fn claim_wakes(&mut self, name: &Arc<str>, now: Timestamp) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.sleeping_claims = worker.sleeping_claims.saturating_sub(1);
            worker.seen = worker.seen.max(now);
        }
    }
}
