//! The handles by which a body tells of its progress, extends its time, and plans the run after it.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use crate::docket::backend::Settled;
use crate::docket::error::DocketError;
use crate::docket::progress::ProgressReport;
use crate::docket::time::When;

use super::{RunContext, lock};

/// Tells others how far a run has come. Cheap to clone; all clones tell of the same run.
///
/// Every call fails with [`DocketError::Fenced`] once the run has lost its lease.
#[derive(Debug, Clone)]
pub struct Progress {
    run: Arc<RunContext>,
}

impl Progress {
    pub(super) fn new(run: Arc<RunContext>) -> Self {
        Self { run }
    }

    /// How many steps there are.
    pub async fn set_total(&self, total: u64) -> Result<(), DocketError> {
        self.change(|report| report.total = Some(total)).await
    }

    /// So many steps more are done.
    pub async fn increment(&self, steps: u64) -> Result<(), DocketError> {
        self.change(|report| report.done = report.done.saturating_add(steps))
            .await
    }

    /// What is being done now.
    pub async fn set_message(&self, message: impl Into<String>) -> Result<(), DocketError> {
        let message = message.into();
        self.change(|report| report.message = Some(message)).await
    }

    /// What was told so far.
    pub fn report(&self) -> ProgressReport {
        lock(&self.run.progress).clone()
    }

    async fn change(&self, change: impl FnOnce(&mut ProgressReport)) -> Result<(), DocketError> {
        let report = {
            let mut report = lock(&self.run.progress);
            change(&mut report);
            report.clone()
        };
        let backend = self.run.worker.docket().backend();
        match backend.report(self.run.hold(), report).await? {
            Settled::Done(_) => Ok(()),
            Settled::Fenced => Err(DocketError::Fenced {
                key: self.run.claimed.key.clone(),
            }),
        }
    }
}

/// The time-out of a run.
#[derive(Debug, Clone)]
pub struct TimeLimit {
    run: Arc<RunContext>,
}

impl TimeLimit {
    pub(super) fn new(run: Arc<RunContext>) -> Self {
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
    pub(super) fn new(run: Arc<RunContext>) -> Self {
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
