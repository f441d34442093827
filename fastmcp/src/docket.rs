//! The docket: a queue of background executions, and the workers that run them.
//!
//! A [`Docket`] accepts [`Submission`]s, a [`Worker`] runs them with a [`Handler`], and an [`Execution`] is the
//! handle to one execution. The docket transports task names and JSON documents; it does not depend on `#[task]`
//! functions or on MCP.
//!
//! Delivery is *at least once*: if a worker dies, its runs are delivered again, so a body may start twice. In addition:
//!
//! * An accepted execution reaches a terminal state, or is still pending.
//! * At most one run per key is live. A run that lost its lease is fenced: the docket rejects its result and progress.
//! * An execution only makes the transitions that [`ExecutionState`] lists, and terminal states never change.
//! * An execution whose workers die repeatedly becomes a dead letter, and can be replayed.
//! * Nothing polls. An idle worker sleeps until there is work.
//!
//! ```
//! use std::sync::Arc;
//! use fastmcp::docket::{Docket, Handlers, Outcome, Policy, Submission, Worker};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), fastmcp::docket::DocketError> {
//! let docket = Docket::memory("jobs");
//! let handlers = Handlers::new().task("double", Policy::default(), |execution| async move {
//!     match serde_json::from_slice::<u32>(execution.payload()) {
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
pub(crate) mod builder;
pub(crate) mod checks;
pub(crate) mod current_execution;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod execution;
pub(crate) mod handle;
pub(crate) mod handler;
pub(crate) mod model;
pub(crate) mod operate;
pub(crate) mod policy;
pub(crate) mod progress;
pub(crate) mod signal;
pub(crate) mod steps;
pub(crate) mod submit;
pub(crate) mod telemetry;
pub(crate) mod worker;

pub use crate::docket::backend::call::Amended;
#[cfg(feature = "sqlite")]
pub use crate::docket::backend::sqlite::address::Durability;
pub use crate::docket::builder::DocketBuilder;
pub use crate::docket::current_execution::CurrentExecution;
pub use crate::docket::current_execution::handles::{NextRun, TimeLimit};
pub use crate::docket::error::{BackendError, DocketError};
pub use crate::docket::events::{Event, Events};
pub use crate::docket::execution::Execution;
pub use crate::docket::handle::Docket;
pub use crate::docket::handler::{Handler, Handlers};
pub use crate::docket::model::failure::{Failure, FailureKind};
pub use crate::docket::model::filter::{Changed, Cursor, Filter, Page};
pub use crate::docket::model::key::{Key, Name};
pub use crate::docket::model::options::{DocketOptions, WhenFull};
pub use crate::docket::model::outcome::Outcome;
pub use crate::docket::model::progress::ProgressReport;
pub use crate::docket::model::record::{ExecutionId, Incident, Record, Snapshot, WorkerRecord};
pub use crate::docket::model::state::{Cancelled, ExecutionState, StateMachine, TransitionError};
pub use crate::docket::model::stats::{Counts, Stats, TaskStats};
pub use crate::docket::model::submission::{
    ConcurrencyLimit, Cooldown, Limits, OnConflict, Priority, RateLimit, Submission, TraceContext,
    WhileRunning,
};
pub use crate::docket::model::time::{Timestamp, When};
pub use crate::docket::policy::cron::Cron;
pub use crate::docket::policy::retry::{Delay, Retry};
pub use crate::docket::policy::{Policy, Repeat};
pub use crate::docket::progress::Progress;
pub use crate::docket::steps::Steps;
pub use crate::docket::steps::step::Step;
pub use crate::docket::worker::builder::WorkerBuilder;
pub use crate::docket::worker::handle::Worker;
pub use crate::docket::worker::report::ShutdownReport;
