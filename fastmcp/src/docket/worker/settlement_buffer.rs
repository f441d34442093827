//! [`SettlementBuffer`]: runs push their settlements, and the worker's loop takes all of them with one wake-up.

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
        // Later pushes need no wake-up: the loop takes everything that is there when it runs. The lock is released
        // first, because the loop would block on it at once.
        if first {
            self.filled.notify_one();
        }
    }

    /// Exchanges the settlements with an empty buffer, so that both allocations are reused.
    pub(crate) fn swap(&self, empty: &mut Vec<Settlement>) {
        std::mem::swap(&mut *self.settlements(), empty);
    }

    /// Waits until the buffer is not empty. A stored wake-up may be left over from settlements that are taken already.
    pub(crate) async fn filled(&self) {
        self.filled.notified().await;
    }

    fn settlements(&self) -> MutexGuard<'_, Vec<Settlement>> {
        self.settlements
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}
