//! [`TimeLimit`] and [`NextRun`]: the handles with which a body extends its timeout and plans its next run.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use crate::docket::current_execution::{CurrentExecution, lock};
use crate::docket::model::time::When;

/// The timeout of a run.
#[derive(Debug, Clone)]
pub struct TimeLimit {
    execution: CurrentExecution,
}

/// The next run of a perpetual task. The policy applies unless the body calls one of the methods.
#[derive(Debug, Clone)]
pub struct NextRun {
    execution: CurrentExecution,
}

impl CurrentExecution {
    /// Returns the handle to extend the timeout of this run.
    pub fn time_limit(&self) -> TimeLimit {
        TimeLimit {
            execution: self.clone(),
        }
    }

    /// Returns the handle to plan the next run of a perpetual task.
    pub fn next_run(&self) -> NextRun {
        NextRun {
            execution: self.clone(),
        }
    }
}

impl TimeLimit {
    /// Extends the timeout by `more`. Does nothing if the run has no timeout.
    pub fn extend(&self, more: Duration) {
        if let Some(deadline) = &mut *lock(&self.execution.run.deadline) {
            *deadline = deadline.checked_add(more).unwrap_or(*deadline);
        }
    }

    /// Returns the remaining time; `None` if the run has no timeout.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.execution.deadline()?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }
}

impl NextRun {
    /// Ends the perpetual task: the execution completes with this run.
    pub fn stop(&self) {
        lock(&self.execution.run.next).stop = true;
    }

    /// Schedules the next run for `delay` after the end of this run.
    pub fn after(&self, delay: Duration) {
        lock(&self.execution.run.next).when = Some(When::After(delay));
    }

    /// Schedules the next run for `time`.
    pub fn at(&self, time: SystemTime) {
        lock(&self.execution.run.next).when = Some(When::At(time.into()));
    }

    /// Returns true if the body has ended the perpetual task.
    pub fn is_stopped(&self) -> bool {
        self.execution.next_plan().stop
    }

    /// Returns the time of the next run, if the body has set one.
    pub fn when(&self) -> Option<When> {
        self.execution.next_plan().when
    }

    /// Replaces the payload for the next run. `payload` must be one JSON document.
    pub fn payload(&self, payload: impl Into<Bytes>) {
        lock(&self.execution.run.next).payload = Some(payload.into());
    }
}
