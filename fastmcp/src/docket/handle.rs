//! [`Docket`]: the handle to a queue of executions, with the operations on the queue as a whole.

use std::fmt;
use std::sync::Arc;

use crate::docket::backend::contract::Backend;
use crate::docket::error::DocketError;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{ExecutionId, Record, Snapshot, WorkerRecord};
use crate::docket::model::state::Cancelled;
use crate::docket::model::submission::TraceContext;

/// A queue of executions. Cloning is cheap, and all clones refer to the same queue.
#[derive(Clone)]
pub struct Docket {
    pub(crate) inner: Arc<Inner>,
    /// The trace of submissions through this handle.
    pub(crate) trace: Option<Arc<TraceContext>>,
    /// The execution whose body has this handle.
    pub(crate) run: Option<ExecutionId>,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) options: DocketOptions,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) is_shared: bool,
}

/// The maximum number of executions that [`Docket::snapshot`] and [`Docket::dead_letters`] return.
const LIST_LIMIT: usize = 1000;

impl Docket {
    /// Returns the name of the docket.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// Returns the options of the docket.
    pub fn options(&self) -> &DocketOptions {
        &self.inner.options
    }

    /// Returns a handle whose submissions belong to `trace`, unless a submission [sets its own][`Submission::trace`].
    ///
    /// The docket that is injected into a running task has the trace of that run, so a chain of tasks keeps one trace.
    ///
    /// ```
    /// use fastmcp::docket::{Docket, TraceContext};
    ///
    /// let docket = Docket::memory("jobs").with_trace(TraceContext {
    ///     traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into(),
    ///     tracestate: None,
    /// });
    /// assert!(docket.trace().is_some());
    /// ```
    ///
    /// [`Submission::trace`]: crate::docket::model::submission::Submission::trace
    #[must_use]
    pub fn with_trace(self, trace: impl Into<Option<TraceContext>>) -> Self {
        Self {
            inner: self.inner,
            trace: trace.into().map(Arc::new),
            run: self.run,
        }
    }

    /// Returns a handle for the body of an execution.
    #[must_use]
    pub(crate) fn in_run(self, run: ExecutionId) -> Self {
        let run = Some(run);
        Self { run, ..self }
    }

    /// Returns the trace of submissions through this handle.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_deref()
    }

    /// Returns the store behind the docket.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.inner.backend
    }

    /// Returns true if other processes may share the docket. It is false only for a docket that was created with
    /// [`Docket::memory`], [`DocketBuilder::memory`](crate::docket::builder::DocketBuilder::memory) or `memory://`.
    pub fn is_shared(&self) -> bool {
        self.inner.is_shared
    }

    /// Checks that the store behind the docket responds and is set up as a docket requires: a Redis must be version 6.2
    /// or later and must evict no keys (`maxmemory-policy noeviction`). If Redis hides its policy, a warning is logged.
    ///
    /// # Errors
    /// [`DocketError::Backend`] with the cause. See [`DocketBuilder::allow_eviction`].
    ///
    /// [`DocketBuilder::allow_eviction`]: crate::docket::DocketBuilder::allow_eviction
    pub async fn check(&self) -> Result<(), DocketError> {
        self.backend().check().await?;
        Ok(())
    }

    /// Cancels the execution that is scheduled, queued or running under `key`.
    ///
    /// A running body is notified through its [cancellation
    /// token](crate::docket::current_execution::CurrentExecution::cancellation). If it does not stop within the
    /// worker's `cancel_grace`, it is dropped at its next `.await`. The execution ends as cancelled, even if the body
    /// returns a result.
    pub async fn cancel(&self, key: impl Into<Key>) -> Result<Cancelled, DocketError> {
        Ok(self.backend().cancel(&key.into(), "by request").await?)
    }

    /// Returns the state of the docket: counts, and the oldest thousand pending executions and dead letters.
    pub async fn snapshot(&self) -> Result<Snapshot, DocketError> {
        Ok(self.backend().snapshot(LIST_LIMIT).await?)
    }

    /// Returns the workers that are alive.
    pub async fn workers(&self) -> Result<Vec<WorkerRecord>, DocketError> {
        Ok(self.backend().snapshot(0).await?.workers)
    }

    /// Holds back the executions of `task` until it is [restored](Docket::restore). Running executions continue, and
    /// new submissions are accepted.
    pub async fn strike(&self, task: impl Into<Name>) -> Result<(), DocketError> {
        Ok(self.backend().strike(&task.into()).await?)
    }

    /// Releases the executions of a struck task.
    pub async fn restore(&self, task: impl Into<Name>) -> Result<(), DocketError> {
        Ok(self.backend().restore(&task.into()).await?)
    }

    /// Pauses the docket: no further executions start until it is [resumed](Docket::resume). Running executions
    /// continue.
    pub async fn pause(&self) -> Result<(), DocketError> {
        Ok(self.backend().pause().await?)
    }

    /// Resumes a paused docket: executions start again.
    pub async fn resume(&self) -> Result<(), DocketError> {
        Ok(self.backend().resume().await?)
    }

    /// Cancels all scheduled and queued executions. Returns their number.
    pub async fn clear(&self) -> Result<usize, DocketError> {
        Ok(self.backend().clear().await?)
    }

    /// Returns the oldest thousand dead letters.
    pub async fn dead_letters(&self) -> Result<Vec<Record>, DocketError> {
        Ok(self.backend().dead_letters(LIST_LIMIT).await?)
    }
}

impl fmt::Debug for Docket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Docket({:?})", self.name())
    }
}
