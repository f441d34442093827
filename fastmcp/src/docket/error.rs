//! What can go wrong around a docket: each error names the thing at fault and the way out.

use std::time::Duration;

use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};

/// What a docket, an execution or a worker answers when it cannot do what it was asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DocketError {
    /// The queue bound is reached.
    #[error(
        "docket `{docket}` is full: {capacity} executions are pending; try again later, or build the docket with a larger `capacity` or with `WhenFull::Wait`"
    )]
    Full {
        /// The docket.
        docket: String,
        /// Its bound on pending executions.
        capacity: usize,
    },
    /// A key, a task name or a payload is out of bounds.
    #[error("{what} is {length} bytes long, the limit is {limit}")]
    TooLarge {
        /// What is too long.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most that a docket takes.
        limit: usize,
    },
    /// A key or a task name is empty.
    #[error("{what} is empty; give it at least one character")]
    Empty {
        /// What is empty.
        what: &'static str,
    },
    /// The payload cannot travel.
    #[error("the payload for task `{task}` is not a JSON document: {problem}")]
    Payload {
        /// The task it was meant for.
        task: Name,
        /// What the parser says.
        problem: String,
    },
    /// The due time is so far away that it must be a mistake.
    #[error(
        "task `{task}` would be due in {} days; a docket schedules at most {} days ahead",
        delay.as_secs() / 86_400,
        limit.as_secs() / 86_400
    )]
    TooFarAhead {
        /// The task.
        task: Name,
        /// How far ahead it would be due.
        delay: Duration,
        /// How far ahead a docket schedules.
        limit: Duration,
    },
    /// `Replace::Reject`: the key is running.
    #[error(
        "`{key}` is running and was not replaced; wait for it, cancel it, or queue the replacement"
    )]
    StillRunning {
        /// The key.
        key: Key,
    },
    /// The execution failed.
    #[error("task `{task}` (key `{key}`) failed after {attempts} attempt(s): {failure}")]
    Failed {
        /// The key.
        key: Key,
        /// The task.
        task: Name,
        /// How many attempts were made.
        attempts: u32,
        /// What the last one said.
        failure: Failure,
    },
    /// The execution was cancelled.
    #[error("task `{task}` (key `{key}`) was cancelled: {reason}")]
    Cancelled {
        /// The key.
        key: Key,
        /// The task.
        task: Name,
        /// Who or what cancelled it.
        reason: String,
    },
    /// The execution is among the dead letters.
    #[error(
        "task `{task}` (key `{key}`) is a dead letter: {reason}; put the cause right, then `replay` it"
    )]
    Dead {
        /// The key.
        key: Key,
        /// The task.
        task: Name,
        /// Why it was given up.
        reason: String,
    },
    /// The execution has ended and its result has been forgotten.
    #[error(
        "nothing is known of `{key}` any more: results are kept for the docket's `result_ttl`, up to its `result_capacity`"
    )]
    Expired {
        /// The key.
        key: Key,
    },
    /// The result has another shape than was asked for.
    #[error("the result of `{key}` is no {expected}: {problem}")]
    Decode {
        /// The key.
        key: Key,
        /// The type that was asked for.
        expected: &'static str,
        /// What the decoder says.
        problem: String,
    },
    /// The lease was lost, and somebody else may be running the execution.
    #[error("this run of `{key}` has lost its lease and may not report any more; stop the work")]
    Fenced {
        /// The key.
        key: Key,
    },
    /// There is no dead letter of that key.
    #[error("there is no dead letter with the key `{key}`")]
    NoDeadLetter {
        /// The key.
        key: Key,
    },
    /// An option of a docket, a worker or a policy makes no sense.
    #[error("`{option}` {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// The URL of a docket cannot be used. It may hold a password, so it is not repeated.
    #[error("the docket's URL: {problem}")]
    Url {
        /// What is wrong with it, and what would be right.
        problem: String,
    },
    /// The worker has been shut down.
    #[error("worker `{worker}` has been shut down; build a new one")]
    Stopped {
        /// The worker's name.
        worker: String,
    },
    /// The store behind the docket does not answer as it should.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// The store behind a docket could not carry out a call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("docket backend: {message}")]
pub struct BackendError {
    message: String,
}

impl BackendError {
    /// An error that says `message`. The engine tries again: it takes every backend error for a passing one.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
        }
    }
}
