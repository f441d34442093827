//! The docket engine: background executions, their workers and their promises.
//!
//! A [`Docket`] takes [`Submission`]s in, a [`Worker`] runs them by a [`Handler`], an [`Execution`] is the handle to
//! one of them. The engine moves task names and JSON documents; what a task is, it does not know.
//!
//! Delivery is *at least once*: a run whose worker dies is delivered again, so a body may start twice. What is
//! promised beside that:
//!
//! * Once a submission was taken in, its execution reaches a terminal state or is still pending.
//! * At most one run per key is live; one that lost its lease is refused whatever it says.
//! * States only move forward, and a terminal one never changes.
//! * A body that takes its worker down becomes a dead letter after a few deliveries, and can be replayed.
//! * Nothing polls. An idle worker sleeps until there is work.
//!
//! ```
//! use std::sync::Arc;
//! use fastmcp::docket::{Docket, Handlers, Outcome, Policy, Submission, Worker};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), fastmcp::docket::DocketError> {
//! let docket = Docket::memory("jobs");
//! let handlers = Handlers::new().task("double", Policy::default(), |delivery| async move {
//!     match serde_json::from_slice::<u32>(delivery.payload()) {
//!         Ok(number) => Outcome::json(&(number * 2)),
//!         Err(error) => Outcome::Undecodable { reason: error.to_string() },
//!     }
//! });
//! let worker = Worker::builder(&docket, Arc::new(handlers)).build()?;
//!
//! let execution = docket.submit(Submission::new("double", "21")).await?;
//! worker.run_until_finished().await?;
//! assert_eq!(execution.typed::<u32>().result().await?, 42);
//! # Ok(())
//! # }
//! ```

pub mod backend;
mod builder;
mod delivery;
mod envelope;
mod error;
mod events;
mod execution;
mod failure;
mod handler;
mod life;
pub mod memory;
mod name;
mod options;
mod policy;
mod progress;
mod record;
#[cfg(feature = "redis")]
pub mod redis;
mod submission;
mod submit;
mod time;
mod worker;

use std::fmt;
use std::sync::Arc;

pub use backend::{Amended, Cancelled};
pub use builder::DocketBuilder;
pub use delivery::{CurrentExecution, Delivery, NextRun, TimeLimit};
pub use error::{BackendError, DocketError};
pub use events::{Event, Events};
pub use execution::Execution;
pub use failure::{Failure, FailureKind};
pub use handler::{Handler, Handlers, Outcome};
pub use life::{AfterFailure, Cancelling, Ending, ExecutionState, Life, Refused};
pub use name::{Key, Name};
pub use options::{DocketOptions, WhenFull};
pub use policy::{Cron, Delay, Policy, Repeat, Retry};
pub(crate) use progress::Listener;
pub use progress::{Progress, ProgressReport};
pub use record::{ExecutionId, Incident, Record, Snapshot, WorkerRecord};
pub use submission::{
    ConcurrencyLimit, Cooldown, Limits, OnConflict, Priority, RateLimit, Submission, TraceContext,
    WhileRunning,
};
pub use time::{Timestamp, When};
pub(crate) use worker::Catch;
pub use worker::{Parting, Worker, WorkerBuilder};

use backend::{Backend, Command, Reply, Target};

/// A queue of executions. Cheap to clone; all clones are the same docket, and two dockets share nothing.
#[derive(Clone)]
pub struct Docket {
    inner: Arc<Inner>,
    /// The trace of what is submitted through this handle.
    trace: Option<Arc<TraceContext>>,
}

struct Inner {
    name: String,
    options: DocketOptions,
    backend: Arc<dyn Backend>,
    is_shared: bool,
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

    async fn command(&self, command: Command) -> Result<(), DocketError> {
        self.backend().control(command).await?;
        Ok(())
    }
}

fn out_of_turn(reply: &Reply) -> DocketError {
    BackendError::new(format!("an answer to another question: {reply:?}")).into()
}

impl fmt::Debug for Docket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Docket({:?})", self.name())
    }
}
