//! Collects the wake-ups of a step under the lock, so that they can be sent after the lock is released.

use crate::docket::backend::dead_letter::DeadLetter;

/// The sleeping calls of a docket, and the wake-ups that the current step requires.
#[derive(Debug, Default)]
pub(super) struct Wakeups {
    /// The number of claims that sleep.
    pub(super) sleeping_claims: usize,
    /// For each sleeping `wait` call, the number of pending executions at which it returns.
    pub(super) thresholds: Vec<usize>,
    work: usize,
    timers: bool,
    signals: bool,
    dead_letters: Vec<DeadLetter>,
}

/// The wake-ups to send.
#[derive(Debug, Default)]
pub(super) struct Notifications {
    /// The number of sleeping claims to wake.
    pub(super) claims: usize,
    pub(super) all_claims: bool,
    pub(super) signals: bool,
    pub(super) waits: bool,
    /// The dead letters to log, also outside of the lock.
    pub(super) dead_letters: Vec<DeadLetter>,
}

impl Wakeups {
    /// Wakes one claim for each of `count` executions that became ready.
    pub(super) fn work(&mut self, count: usize) {
        self.work += count;
    }

    /// Wakes every sleeping claim, because the next timer has changed or an execution was offered to a certain
    /// worker.
    pub(super) fn timers(&mut self) {
        self.timers = true;
    }

    /// Wakes the workers that wait for signals.
    pub(super) fn signals(&mut self) {
        self.signals = true;
    }

    /// Logs a dead letter.
    pub(super) fn dead_letter(&mut self, letter: DeadLetter) {
        self.dead_letters.push(letter);
    }

    /// Takes the wake-ups of a step that changed the number of pending executions from `before` to `pending`.
    pub(super) fn take(&mut self, before: usize, pending: usize) -> Notifications {
        let sleeping = self.sleeping_claims;
        Notifications {
            claims: std::mem::take(&mut self.work).min(sleeping),
            all_claims: std::mem::take(&mut self.timers) && sleeping > 0,
            signals: std::mem::take(&mut self.signals),
            dead_letters: std::mem::take(&mut self.dead_letters),
            // Only if this step itself has decreased the number. A woken call runs a step too; if that step woke the
            // other calls, they would wake each other forever.
            waits: pending < before
                && self
                    .thresholds
                    .iter()
                    .any(|threshold| pending <= *threshold),
        }
    }
}
