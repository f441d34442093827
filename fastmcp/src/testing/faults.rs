//! [`Faults`]: what goes wrong between a worker and its docket.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::testing::span::Span;

/// Faults for [`TestDocket::inject`](crate::testing::TestDocket::inject).
///
/// ```
/// use fastmcp::testing::{Faults, Operation};
///
/// let faults = Faults::new()
///     .delay(Operation::Claim, "2s")
///     .fail_next(Operation::Submit)
///     .kill_before_settle();
/// # let _ = faults;
/// ```
#[derive(Debug, Clone, Default)]
#[must_use = "pass it to `TestDocket::inject`"]
pub struct Faults {
    delays: Vec<(Operation, Duration)>,
    errors: Vec<(Operation, Moment)>,
    kills: Vec<Moment>,
}

/// A kind of call to the docket's store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// An execution is added.
    Submit,
    /// A worker takes executions.
    Claim,
    /// A worker reports how runs have ended.
    Settle,
    /// A worker extends its leases.
    Renew,
    /// A run stores its progress, or the result of a step.
    Report,
    /// A record, a list or a count is read.
    Read,
    /// Any other change: cancellations, signals, answers, pauses.
    Change,
}

/// The side of a call on which a fault happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    After,
}

impl Faults {
    /// Creates no faults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Delays each call of a kind, before it takes effect, until [`TestDocket::heal`](crate::testing::TestDocket::heal).
    pub fn delay(mut self, operation: Operation, span: impl Into<Span>) -> Self {
        self.delays.push((operation, span.into().0));
        self
    }

    /// Fails the next call of a kind: it does not take effect. Each use adds one failure.
    pub fn fail_next(mut self, operation: Operation) -> Self {
        self.errors.push((operation, Moment::Before));
        self
    }

    /// Loses the answer of the next call of a kind: the call takes effect, and its caller gets an error, as if the
    /// connection had broken.
    pub fn lose_next(mut self, operation: Operation) -> Self {
        self.errors.push((operation, Moment::After));
        self
    }

    /// Kills the worker when it is about to settle a run: the body has run, and nobody knows.
    pub fn kill_before_settle(mut self) -> Self {
        self.kills.push(Moment::Before);
        self
    }

    /// Kills the worker when it has settled a run, before it gets the answer.
    pub fn kill_after_settle(mut self) -> Self {
        self.kills.push(Moment::After);
        self
    }
}

/// The faults of one call.
#[derive(Debug, Default)]
pub(super) struct Fault {
    pub(super) delay: Duration,
    pub(super) error: Option<Moment>,
    pub(super) kill: Option<Moment>,
}

/// The faults that have not happened yet.
#[derive(Debug, Default)]
pub(super) struct Planned(Mutex<Faults>);

impl Planned {
    fn lock(&self) -> MutexGuard<'_, Faults> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, faults: Faults) {
        let mut planned = self.lock();
        planned.delays.extend(faults.delays);
        planned.errors.extend(faults.errors);
        planned.kills.extend(faults.kills);
    }

    pub(super) fn clear(&self) {
        *self.lock() = Faults::default();
    }

    /// Returns the number of errors and kills that have not happened yet.
    pub(super) fn count(&self) -> usize {
        let planned = self.lock();
        planned.errors.len() + planned.kills.len()
    }

    /// Takes the faults of one call. A call takes at most one error and one kill.
    pub(super) fn take(&self, operation: Operation) -> Fault {
        let mut planned = self.lock();
        let delays = planned.delays.iter().filter(|(of, _)| *of == operation);
        let mut fault = Fault {
            delay: delays.map(|(_, delay)| *delay).sum(),
            ..Fault::default()
        };
        let error = planned.errors.iter().position(|(of, _)| *of == operation);
        fault.error = error.map(|index| planned.errors.remove(index).1);
        // A failed call settles nothing, so the kill waits for the next one.
        let settles = operation == Operation::Settle && fault.error != Some(Moment::Before);
        if settles && !planned.kills.is_empty() {
            fault.kill = Some(planned.kills.remove(0));
        }
        fault
    }
}
