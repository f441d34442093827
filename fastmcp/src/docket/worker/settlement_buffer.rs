//! Where ended runs leave their settlements for the worker's loop: many at a time, one wake-up for all.

use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use crate::docket::backend::call::Settlement;

#[derive(Debug, Default)]
pub(crate) struct Inbox {
    settlements: Mutex<Vec<Settlement>>,
    filled: Notify,
}

impl Inbox {
    pub(crate) fn put(&self, settlement: Settlement) {
        let mut settlements = self
            .settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        settlements.push(settlement);
        let first = settlements.len() == 1;
        drop(settlements);
        if first {
            self.filled.notify_one();
        }
    }

    /// Swaps what has come in for `emptied`, so that both buffers are used again.
    pub(crate) fn swap(&self, emptied: &mut Vec<Settlement>) {
        let mut settlements = self
            .settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::swap(&mut *settlements, emptied);
    }

    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }
}
