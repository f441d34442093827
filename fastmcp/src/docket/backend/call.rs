//! The arguments and results of the [`Backend`](crate::docket::backend::contract::Backend)'s methods.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::When;

/// The result of submitting one execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Admission {
    /// The execution was accepted under this number.
    Accepted(ExecutionId),
    /// The key is in use, or this execution started a cooldown that has not ended. Nothing was created.
    Existing(ExecutionId),
    /// The key is running, and the submission uses `WhileRunning::Reject`.
    Running(ExecutionId),
    /// The docket is full.
    Full {
        /// The limit of pending executions.
        capacity: usize,
    },
    /// The pending executions take too many bytes.
    OutOfSpace {
        /// The limit of their payloads and notes.
        capacity_bytes: usize,
        /// The number of pending executions.
        pending: usize,
    },
    /// The owner has too many pending executions.
    OwnerFull {
        /// The limit for each owner.
        limit: usize,
    },
}

/// A worker's request for executions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// The name of the worker, unique within the docket.
    pub worker: Arc<str>,
    /// The maximum number of executions to return; at least 1.
    pub limit: usize,
    /// The number of all slots of the worker, free or not. The sum over all live workers decides how many slots one owner
    /// may take.
    pub slots: usize,
    /// The duration of each lease, unless it is renewed.
    pub lease_duration: Duration,
    /// The maximum number of deliveries of one attempt. If the lease of the last one expires, the execution becomes a
    /// dead letter.
    pub max_deliveries: u32,
}

impl Claim {
    /// Creates a request of a worker with `limit` slots.
    #[must_use]
    pub fn new(
        worker: Arc<str>,
        limit: usize,
        lease_duration: Duration,
        max_deliveries: u32,
    ) -> Self {
        Self {
            worker,
            limit,
            slots: limit,
            lease_duration,
            max_deliveries,
        }
    }

    /// Sets the number of all slots of the worker.
    #[must_use]
    pub fn slots(mut self, slots: usize) -> Self {
        self.slots = slots;
        self
    }
}

/// The end of one run.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Settlement {
    /// The lease of the run.
    pub lease: Lease,
    /// The outcome of the run.
    pub outcome: Outcome,
    /// The next run of a perpetual task. It only applies to [`Outcome::Completed`] and [`Outcome::Failed`].
    pub rerun: Option<Rerun>,
    /// True if an execution that ends as failed is not kept as a dead letter.
    pub discard_failed: bool,
}

impl Settlement {
    /// Creates a settlement without a next run.
    #[must_use]
    pub fn new(lease: Lease, outcome: Outcome) -> Self {
        Self {
            lease,
            outcome,
            rerun: None,
            discard_failed: false,
        }
    }

    /// Returns whether an execution that this settlement ends is kept as a dead letter. `is_superseded` is true if a
    /// replacement waits for its key: the replacement does the work.
    pub(crate) fn leaves_dead_letter(&self, state: ExecutionState, is_superseded: bool) -> bool {
        match self.outcome {
            Outcome::Failed(_) => {
                state == ExecutionState::Failed && !self.discard_failed && !is_superseded
            }
            _ => state == ExecutionState::Dead,
        }
    }

    /// Returns the next run, if the outcome allows one.
    pub(crate) fn next_run(&self) -> Option<&Rerun> {
        match self.outcome {
            Outcome::Completed(_) | Outcome::Failed(_) => self.rerun.as_ref(),
            _ => None,
        }
    }
}

/// The next run of a perpetual task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rerun {
    /// The due time.
    pub when: When,
    /// The envelope of the next run; `None` keeps the current one.
    pub envelope: Option<Bytes>,
    /// The timetable that set the due time; `None` if the body chose it.
    pub timetable: Option<String>,
}

/// The result of a settlement or a progress report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Settled {
    /// The settlement or report was stored. Contains the state of the execution afterwards.
    Done(ExecutionState),
    /// The run has already settled, or its lease was lost. Nothing was changed.
    Fenced,
}

/// Selects an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Target {
    /// The execution that holds this key now, or held it last.
    Key(Key),
    /// The execution with this number.
    Id(ExecutionId),
}

/// The result of amending a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Amended {
    /// The note was replaced.
    Done,
    /// The execution is not parked, or its note differs from the expected one. Nothing was changed.
    Stale,
    /// The execution does not exist, or has expired.
    Unknown,
}

/// A condition for [`Backend::wait`](crate::docket::backend::contract::Backend::wait).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// At most this number of executions are scheduled, queued or running.
    PendingAtMost(usize),
    /// The docket has room for one more execution.
    Room,
}
