//! Read-only views of executions, workers and the docket.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The number of an execution within its docket. Keys can be reused; numbers are not.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct ExecutionId(pub u64);

/// The state of one execution at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// The number of the execution.
    pub id: ExecutionId,
    /// The key.
    pub key: Key,
    /// The name of the task.
    pub task: Name,
    /// The state.
    pub state: ExecutionState,
    /// The number of the current attempt, from 1.
    pub attempt: u32,
    /// The number of deliveries of the current attempt to workers.
    pub delivery: u32,
    /// The priority.
    pub priority: Priority,
    /// The time at which the docket accepted the execution.
    pub submitted: Timestamp,
    /// The due time.
    pub due: Timestamp,
    /// The time at which the current or latest run started.
    pub started: Option<Timestamp>,
    /// The time of the latest change of the state, note or progress.
    pub updated: Timestamp,
    /// The time at which the execution reached a terminal state.
    pub ended: Option<Timestamp>,
    /// The name of the worker of the current or latest run.
    pub worker: Option<Arc<str>>,
    /// True if the execution was cancelled while running and has not stopped yet.
    pub cancelling: bool,
    /// True if the execution is parked: a run has [asked](crate::docket::model::outcome::Outcome::Park) for input or
    /// [waits](crate::docket::model::outcome::Outcome::Suspend) for an event, and it is scheduled until it is woken.
    pub parked: bool,
    /// The timetable that set the due time, as text; `None` if the caller or the body chose it.
    pub timetable: Option<String>,
    /// The note stored with the execution.
    pub note: Option<Bytes>,
    /// The latest progress report.
    pub progress: ProgressReport,
    /// The latest result, in JSON.
    pub result: Option<Bytes>,
    /// The failure of the last attempt.
    pub failure: Option<Failure>,
    /// The reason why the execution was cancelled or became a dead letter.
    pub reason: Option<String>,
    /// Past incidents, such as failed attempts and lost leases. Limited to [`Record::HISTORY`] entries; the oldest are
    /// dropped first.
    pub history: Vec<Incident>,
}

impl Record {
    /// The maximum number of incidents in a record.
    pub const HISTORY: usize = 32;
}

/// A failed attempt, a lost lease or a declined delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The time of the incident.
    pub at: Timestamp,
    /// The worker of the run.
    pub worker: Arc<str>,
    /// The number of the attempt.
    pub attempt: u32,
    /// The number of the delivery within the attempt.
    pub delivery: u32,
    /// A description for people.
    pub what: String,
}

/// The state of one worker at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerRecord {
    /// The name of the worker.
    pub name: Arc<str>,
    /// The time of the worker's first claim.
    pub since: Timestamp,
    /// The time of the worker's latest call.
    pub seen: Timestamp,
    /// The number of executions that the worker is running.
    pub running: usize,
}

/// The state of a docket at one moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snapshot {
    /// The number of executions that are due later.
    pub scheduled: usize,
    /// The number of executions that are due and wait for a worker.
    pub queued: usize,
    /// The number of running executions.
    pub running: usize,
    /// The number of dead letters: failed and dead executions that can be replayed.
    pub dead: usize,
    /// True if the docket is paused.
    pub paused: bool,
    /// The struck tasks.
    pub struck: Vec<Name>,
    /// The pending executions and the dead letters, oldest first, up to the requested number.
    pub executions: Vec<Record>,
    /// The workers that are alive.
    pub workers: Vec<WorkerRecord>,
    /// The time on the backend's clock.
    pub now: Option<Timestamp>,
}

impl Snapshot {
    /// Returns the number of executions that have not ended.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.scheduled + self.queued + self.running
    }

    /// Returns the longest time for which a queued execution in `executions` has been due; `None` if none is queued.
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
