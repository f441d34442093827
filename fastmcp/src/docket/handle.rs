//! [`Docket`]: the handle to a queue of executions.

use std::fmt;
use std::sync::Arc;

use crate::docket::backend::call::Cancelled;
use crate::docket::builder::DocketBuilder;
use crate::docket::error::{BackendError, DocketError};
use crate::docket::execution::Execution;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{Record, Snapshot, WorkerRecord};
use crate::docket::model::submission::TraceContext;

use crate::docket::backend::call::{Command, Reply, Target};
use crate::docket::backend::contract::Backend;

/// A queue of executions. Cheap to clone; all clones are the same docket, and two dockets share nothing.
#[derive(Clone)]
pub struct Docket {
    pub(crate) inner: Arc<Inner>,
    /// The trace of what is submitted through this handle.
    pub(crate) trace: Option<Arc<TraceContext>>,
}

pub(crate) struct Inner {
    pub(crate) name: String,
    pub(crate) options: DocketOptions,
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) is_shared: bool,
}

/// How many executions [`Docket::snapshot`] and [`Docket::dead_letters`] list.
const LISTED: usize = 1000;

impl Docket {
    /// A docket in the memory of this process.
    ///
    /// ```
    /// let docket = fastmcp::docket::Docket::memory("jobs");
    /// assert_eq!(docket.name(), "jobs");
    /// ```
    #[must_use]
    pub fn memory(name: impl Into<String>) -> Self {
        Self::builder(name).memory()
    }

    /// A docket in the Redis at `url`, shared by every process that opens the same name there.
    ///
    /// The URL is `redis://user:password@host:port/database`, or `rediss://…` for TLS. The docket connects when it is
    /// first used; [`Docket::check`] tells whether somebody answers.
    ///
    /// ```
    /// use fastmcp::docket::Docket;
    ///
    /// let docket = Docket::redis("jobs", "redis://localhost:6379")?;
    /// # let _ = docket;
    /// # Ok::<(), fastmcp::docket::DocketError>(())
    /// ```
    ///
    /// # Errors
    /// [`DocketError::Url`].
    #[cfg(feature = "redis")]
    pub fn redis(name: impl Into<String>, url: &str) -> Result<Self, DocketError> {
        Self::builder(name).url(url)
    }

    /// A docket with other options than the default ones.
    ///
    /// ```
    /// use fastmcp::docket::{Docket, WhenFull};
    ///
    /// let docket = Docket::builder("jobs").capacity(10_000).when_full(WhenFull::Wait).memory();
    /// # let _ = docket;
    /// ```
    pub fn builder(name: impl Into<String>) -> DocketBuilder {
        DocketBuilder::new(name.into())
    }

    /// The docket's name.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The docket's options.
    pub fn options(&self) -> &DocketOptions {
        &self.inner.options
    }

    /// The same docket, through which work is submitted under `trace`, unless a submission
    /// [brings its own](Submission::trace). The docket that a running task is given carries the trace of that run, so
    /// that a chain of tasks keeps one.
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
    #[must_use]
    pub fn with_trace(self, trace: impl Into<Option<TraceContext>>) -> Self {
        Self {
            inner: self.inner,
            trace: trace.into().map(Arc::new),
        }
    }

    /// The trace under which work is submitted through this handle.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.trace.as_deref()
    }

    /// The store behind the docket.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        &self.inner.backend
    }

    /// Whether other processes can reach it.
    pub fn is_shared(&self) -> bool {
        self.inner.is_shared
    }

    /// Whether the store behind the docket answers, now.
    ///
    /// # Errors
    /// [`DocketError::Backend`]: what is wrong, and where.
    pub async fn check(&self) -> Result<(), DocketError> {
        self.backend().now().await?;
        Ok(())
    }

    /// The execution that holds `key` now, or held it last and is not forgotten.
    pub async fn get(&self, key: impl Into<Key>) -> Result<Option<Execution>, DocketError> {
        let target = Target::Key(key.into());
        let record = self.backend().find(&target).await?;
        Ok(record
            .map(|record| Execution::new(self.clone(), record.id, record.key, record.task, true)))
    }

    /// Ends what is scheduled, queued or running under `key`.
    ///
    /// A running body is asked to stop through its [cancellation token](Delivery::cancellation), and dropped when it
    /// has not done so within the worker's grace. It is cancelled once it has stopped, whatever it returns.
    pub async fn cancel(&self, key: impl Into<Key>) -> Result<Cancelled, DocketError> {
        let command = Command::Cancel {
            key: key.into(),
            reason: "by request".into(),
        };
        match self.backend().control(command).await? {
            Reply::Cancelled(cancelled) => Ok(cancelled),
            other => Err(out_of_turn(&other)),
        }
    }

    /// The docket as it stands: exact numbers, and its oldest thousand executions.
    pub async fn snapshot(&self) -> Result<Snapshot, DocketError> {
        Ok(self.backend().survey(LISTED).await?)
    }

    /// The workers that are alive.
    pub async fn workers(&self) -> Result<Vec<WorkerRecord>, DocketError> {
        Ok(self.backend().survey(0).await?.workers)
    }

    /// Holds the executions of `task` back until it is [restored](Docket::restore). Nothing is lost; what runs goes
    /// on.
    pub async fn strike(&self, task: impl Into<Name>) -> Result<(), DocketError> {
        self.command(Command::Strike(task.into())).await
    }

    /// Lets the executions of a struck task go.
    pub async fn restore(&self, task: impl Into<Name>) -> Result<(), DocketError> {
        self.command(Command::Restore(task.into())).await
    }

    /// Hands out nothing more until the docket is [resumed](Docket::resume); what runs goes on.
    pub async fn pause(&self) -> Result<(), DocketError> {
        self.command(Command::Pause).await
    }

    /// Hands out work again.
    pub async fn resume(&self) -> Result<(), DocketError> {
        self.command(Command::Resume).await
    }

    /// Cancels everything that is scheduled or queued, and says how much that was.
    pub async fn clear(&self) -> Result<usize, DocketError> {
        match self.backend().control(Command::Clear).await? {
            Reply::Cleared(count) => Ok(count),
            other => Err(out_of_turn(&other)),
        }
    }

    /// The oldest thousand dead letters.
    pub async fn dead_letters(&self) -> Result<Vec<Record>, DocketError> {
        match self.backend().control(Command::DeadLetters(LISTED)).await? {
            Reply::DeadLetters(letters) => Ok(letters),
            other => Err(out_of_turn(&other)),
        }
    }

    /// Takes the latest dead letter of `key` in again, as a new execution that is due now.
    ///
    /// # Errors
    /// [`DocketError::NoDeadLetter`] when there is none.
    pub async fn replay(&self, key: impl Into<Key>) -> Result<Execution, DocketError> {
        let key = key.into();
        match self.backend().control(Command::Replay(key.clone())).await? {
            Reply::Replayed(Some(admission)) => self.replayed(key, admission).await,
            Reply::Replayed(None) => Err(DocketError::NoDeadLetter { key }),
            other => Err(out_of_turn(&other)),
        }
    }

    pub(crate) async fn command(&self, command: Command) -> Result<(), DocketError> {
        self.backend().control(command).await?;
        Ok(())
    }
}

pub(crate) fn out_of_turn(reply: &Reply) -> DocketError {
    BackendError::new(format!("an answer to another question: {reply:?}")).into()
}

impl fmt::Debug for Docket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Docket({:?})", self.name())
    }
}
