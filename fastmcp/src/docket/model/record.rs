//! What a docket knows of an execution, of a worker, and of itself: plain data for people and programs to read.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

/// The number of one execution within its docket. A key can be used again; a number never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionId(pub u64);

/// What is known of one execution at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its number.
    pub id: ExecutionId,
    /// Its key.
    pub key: Key,
    /// Its task.
    pub task: Name,
    /// Where it stands.
    pub state: ExecutionState,
    /// The attempt it is in, from 1.
    pub attempt: u32,
    /// How often this attempt was handed to a worker.
    pub delivery: u32,
    /// What is claimed before it.
    pub priority: Priority,
    /// When it was taken in.
    pub submitted: Timestamp,
    /// When it is, or was, due.
    pub due: Timestamp,
    /// When the present or last run began.
    pub started: Option<Timestamp>,
    /// When something of this last changed: its state, its note, its progress.
    pub updated: Timestamp,
    /// When it reached a terminal state.
    pub ended: Option<Timestamp>,
    /// Who runs it, or ran it last.
    pub worker: Option<Arc<str>>,
    /// Whether it runs under a cancellation that it has not followed yet.
    pub cancelling: bool,
    /// Whether it is [parked](crate::docket::handler::Outcome::Park): scheduled, and due only once it is woken.
    pub parked: bool,
    /// What the docket keeps beside it.
    pub note: Option<Bytes>,
    /// How far it has come.
    pub progress: ProgressReport,
    /// The JSON of its last result.
    pub result: Option<Bytes>,
    /// Why the last attempt failed.
    pub failure: Option<Failure>,
    /// Why it was cancelled or given up.
    pub reason: Option<String>,
    /// What befell it before: failed attempts, lost leases. The oldest entries go first once there are
    /// [`Record::HISTORY`].
    pub history: Vec<Incident>,
}

impl Record {
    /// How many incidents an execution remembers.
    pub const HISTORY: usize = 32;
}

/// Something that went wrong in the life of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// When.
    pub at: Timestamp,
    /// At which worker.
    pub worker: Arc<str>,
    /// In which attempt.
    pub attempt: u32,
    /// In which delivery of that attempt.
    pub delivery: u32,
    /// What happened.
    pub what: String,
}

/// A worker, as its docket sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRecord {
    /// Its name.
    pub name: Arc<str>,
    /// When it first claimed.
    pub since: Timestamp,
    /// When it was last heard of.
    pub seen: Timestamp,
    /// How many executions it holds.
    pub running: usize,
}

/// A docket at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// How many are due later.
    pub scheduled: usize,
    /// How many are due and wait.
    pub queued: usize,
    /// How many run.
    pub running: usize,
    /// How many dead letters there are.
    pub dead: usize,
    /// Whether the docket is paused.
    pub paused: bool,
    /// The tasks that are struck.
    pub struck: Vec<Name>,
    /// The executions that have not ended and the dead letters, oldest first, up to the number asked for.
    pub executions: Vec<Record>,
    /// The workers that are known to be alive.
    pub workers: Vec<WorkerRecord>,
    /// The backend's clock.
    pub now: Option<Timestamp>,
}

impl Snapshot {
    /// How many have not ended.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.scheduled + self.queued + self.running
    }

    /// How long the oldest queued execution of the list has been due.
    #[must_use]
    pub fn longest_wait(&self) -> Option<Duration> {
        let now = self.now?;
        self.executions
            .iter()
            .filter(|record| record.state == ExecutionState::Queued)
            .map(|record| now.since(record.due))
            .max()
    }
}
