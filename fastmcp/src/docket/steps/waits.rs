//! [`Waits`]: the events that the body of a run waits for, and the decision to suspend the run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use futures_util::task::AtomicWaker;

use crate::docket::model::record::ExecutionId;
use crate::docket::model::suspension::Suspension;
use crate::docket::model::time::Timestamp;

/// The waits and the steps of one run.
#[derive(Debug, Default)]
pub(crate) struct Waits {
    state: Mutex<State>,
    /// Wakes the tokio task that drives the body. A wait may begin in another task that the body has spawned, and the
    /// driver has to suspend the run then too.
    driver: AtomicWaker,
}

#[derive(Debug, Default)]
struct State {
    waits: BTreeMap<u64, Wait>,
    last: u64,
    /// The number of steps and of calls of the store that are in progress. Suspending the run would drop them.
    busy: usize,
}

/// An event that a body waits for.
#[derive(Debug, Clone)]
pub(crate) enum Wait {
    Until(Timestamp),
    Signal,
    Ends(Vec<ExecutionId>),
}

impl Waits {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Registers the task that drives the body.
    pub(crate) fn register(&self, waker: &Waker) {
        self.driver.register(waker);
    }

    /// Adds an event until the guard is dropped.
    pub(crate) fn wait(self: &Arc<Self>, wait: Wait) -> WaitGuard {
        let mut state = self.state();
        state.last += 1;
        let number = state.last;
        state.waits.insert(number, wait);
        drop(state);
        self.driver.wake();
        WaitGuard(self.clone(), number)
    }

    /// Keeps the run from being suspended until the guard is dropped.
    pub(crate) fn busy(self: &Arc<Self>) -> BusyGuard {
        self.state().busy += 1;
        BusyGuard(self.clone())
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.state().busy > 0
    }

    /// Returns the events that the body waits for; `None` if it waits for nothing, or a step is in progress.
    pub(crate) fn suspension(&self) -> Option<Suspension> {
        let state = self.state();
        if state.busy > 0 || state.waits.is_empty() {
            return None;
        }
        let mut suspension = Suspension::default();
        for wait in state.waits.values() {
            match wait {
                Wait::Until(at) => {
                    suspension.due = Some(suspension.due.map_or(*at, |due| due.min(*at)));
                }
                Wait::Signal => suspension.signals = true,
                Wait::Ends(executions) => suspension
                    .executions
                    .extend(executions.iter().map(|id| id.0)),
            }
        }
        Some(suspension)
    }
}

/// Removes an event when it is dropped.
pub(crate) struct WaitGuard(Arc<Waits>, u64);

impl Drop for WaitGuard {
    fn drop(&mut self) {
        self.0.state().waits.remove(&self.1);
    }
}

/// Allows the run to be suspended again when it is dropped.
pub(crate) struct BusyGuard(Arc<Waits>);

impl Drop for BusyGuard {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.busy -= 1;
        let is_idle = state.busy == 0;
        drop(state);
        if is_idle {
            self.0.driver.wake();
        }
    }
}
