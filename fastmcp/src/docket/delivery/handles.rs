//! The handles by which a body extends its time, and plans the run after it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use crate::docket::model::time::When;

use crate::docket::delivery::{RunContext, lock};

/// The time-out of a run.
#[derive(Debug, Clone)]
pub struct TimeLimit {
    run: Arc<RunContext>,
}

impl TimeLimit {
    pub(crate) fn new(run: Arc<RunContext>) -> Self {
        Self { run }
    }

    /// Moves the end of the run's time later by `more`. Does nothing for a run without a time-out.
    pub fn extend(&self, more: Duration) {
        if let Some(deadline) = &mut *lock(&self.run.deadline) {
            *deadline = deadline.checked_add(more).unwrap_or(*deadline);
        }
    }

    /// What is left; `None` for a run without a time-out.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.run.deadline()?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }
}

/// The run after the present one, of a perpetual task. Without a word the policy decides.
#[derive(Debug, Clone)]
pub struct NextRun {
    run: Arc<RunContext>,
}

impl NextRun {
    pub(crate) fn new(run: Arc<RunContext>) -> Self {
        Self { run }
    }

    /// There is none: the execution completes with this run.
    pub fn stop(&self) {
        lock(&self.run.next).stop = true;
    }

    /// It is due so long after the end of this run.
    pub fn after(&self, delay: Duration) {
        lock(&self.run.next).when = Some(When::After(delay));
    }

    /// It is due at this time.
    pub fn at(&self, time: SystemTime) {
        lock(&self.run.next).when = Some(When::At(time.into()));
    }

    /// It is given this payload, one JSON document, instead of the present one.
    pub fn payload(&self, payload: impl Into<Bytes>) {
        lock(&self.run.next).payload = Some(payload.into());
    }
}
