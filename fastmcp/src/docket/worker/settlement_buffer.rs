//! [`SettlementBuffer`]: collects the settlements of runs, so that one wake-up of the worker's loop takes all of
//! them.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use crate::docket::backend::call::Settlement;

/// The settlements that the worker's loop has not sent yet.
#[derive(Debug, Default)]
pub(crate) struct SettlementBuffer {
    settlements: Mutex<Vec<Settlement>>,
    filled: Notify,
}

impl SettlementBuffer {
    pub(crate) fn push(&self, settlement: Settlement) {
        let mut settlements = self.settlements();
        settlements.push(settlement);
        let first = settlements.len() == 1;
        drop(settlements);
        // Later pushes need no wake-up, because the loop takes all settlements when it runs. Release the lock first:
        // otherwise the woken loop would block on it.
        if first {
            self.filled.notify_one();
        }
    }

    /// Exchanges the settlements with an empty buffer, so that both allocations are reused.
    pub(crate) fn swap(&self, empty: &mut Vec<Settlement>) {
        std::mem::swap(&mut *self.settlements(), empty);
    }

    /// Waits until the buffer is not empty. May also return because of a stored wake-up for settlements that were
    /// already taken.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    fn settlements(&self) -> MutexGuard<'_, Vec<Settlement>> {
        self.settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
