//! The errors of dockets, executions and workers. Each error names the item at fault and, if possible, the fix.

use std::panic::Location;
use std::time::Duration;

use crate::docket::model::failure::Failure;
use crate::docket::model::key::{Key, Name};

/// An error of a docket, an execution or a worker.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DocketError {
    /// The docket has reached its capacity.
    #[error(
        "docket `{docket}` is full: {capacity} executions are pending; try again later, or build the docket with a larger `capacity` or with `WhenFull::Wait`"
    )]
    Full {
        /// The name of the docket.
        docket: String,
        /// The maximum number of pending executions.
        capacity: usize,
    },
    /// The payloads and notes of the pending executions take too many bytes.
    #[error(
        "docket `{docket}` is full: pending executions may take {capacity_bytes} bytes; try again later, or build the docket with a larger `capacity_bytes` or with `WhenFull::Wait`"
    )]
    OutOfSpace {
        /// The name of the docket.
        docket: String,
        /// Its limit in bytes.
        capacity_bytes: usize,
    },
    /// The [owner](crate::docket::Submission::owner) of a submission has too many pending executions.
    #[error(
        "docket `{docket}` allows {limit} pending executions per owner; try again later, or build the docket with a larger `owner_capacity`"
    )]
    OwnerFull {
        /// The name of the docket.
        docket: String,
        /// The limit for each owner.
        limit: usize,
    },
    /// A key, task name, note or payload is too large.
    #[error("{what} is {length} bytes long; the limit is {limit}")]
    TooLarge {
        /// The item that is too large.
        what: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The maximum length in bytes.
        limit: usize,
    },
    /// A key, task name or payload is empty.
    #[error("{what} must not be empty")]
    Empty {
        /// The item that is empty.
        what: &'static str,
    },
    /// The payload is not a JSON document.
    #[error("the payload for task `{task}` is not a JSON document: {problem}")]
    Payload {
        /// The task of the submission.
        task: Name,
        /// The parser's message.
        problem: String,
    },
    /// The due time is too far in the future.
    #[error(
        "task `{task}` would be due in {} days; a docket schedules at most {} days ahead",
        delay.as_secs() / 86_400,
        limit.as_secs() / 86_400
    )]
    TooFarAhead {
        /// The task of the submission.
        task: Name,
        /// The requested delay.
        delay: Duration,
        /// The maximum delay.
        limit: Duration,
    },
    /// The key is running, and the submission uses [`WhileRunning::Reject`](crate::docket::WhileRunning::Reject).
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
        /// The number of attempts.
        attempts: u32,
        /// The failure of the last attempt.
        failure: Failure,
    },
    /// The execution was cancelled.
    #[error("task `{task}` (key `{key}`) was cancelled: {reason}")]
    Cancelled {
        /// The key.
        key: Key,
        /// The task.
        task: Name,
        /// The reason for the cancellation.
        reason: String,
    },
    /// The execution is a dead letter.
    #[error(
        "task `{task}` (key `{key}`) is a dead letter: {reason}; fix the cause, then `replay` it"
    )]
    Dead {
        /// The key.
        key: Key,
        /// The task.
        task: Name,
        /// The reason why the execution became a dead letter.
        reason: String,
    },
    /// The execution has ended, and its record has been deleted.
    #[error(
        "the record of `{key}` has expired; results are kept for the docket's `result_ttl`, up to its `result_capacity` and `result_bytes`"
    )]
    Expired {
        /// The key.
        key: Key,
    },
    /// The result cannot be decoded as the requested type.
    #[error("cannot decode the result of `{key}` as `{expected}`: {problem}")]
    Decode {
        /// The key.
        key: Key,
        /// The requested type.
        expected: &'static str,
        /// The decoder's message.
        problem: String,
    },
    /// The run has lost its lease. Another worker may be running the execution.
    #[error("this run of `{key}` has lost its lease; stop the work: its reports are rejected")]
    Fenced {
        /// The key.
        key: Key,
    },
    /// Two steps of a run have the same name.
    #[error(
        "the steps at {first} and {second} are both named `{step}`; give each step a unique name, in a loop for example `format!(\"{step} {{index}}\")`"
    )]
    StepReused {
        /// The name.
        step: String,
        /// The line of the first step.
        first: &'static Location<'static>,
        /// The line of the second step.
        second: &'static Location<'static>,
    },
    /// The result of a step or the value of a signal cannot be stored or read.
    #[error("invalid value of `{step}`: {problem}")]
    StepValue {
        /// The name of the step or the signal.
        step: String,
        /// The problem.
        problem: String,
    },
    /// A body waits for a signal without an execution that could receive it: a tool was called directly, or the steps are
    /// [detached](crate::docket::Steps::detached).
    #[error(
        "no signal `{signal}` can arrive: `wait_for` needs an execution; call the tool as a task (`#[tool(task = \"required\")]` refuses other calls), or provide the signal with `Steps::with_signal` in a unit test"
    )]
    NoSignal {
        /// The name of the signal.
        signal: String,
    },
    /// The journal of an execution has no room for the result of a step or for a signal.
    #[error(
        "the journal of `{key}` is limited to {limit} bytes; store large results elsewhere and record where they are, or build the docket with a larger `max_journal`"
    )]
    JournalFull {
        /// The key.
        key: Key,
        /// The limit in bytes.
        limit: usize,
    },
    /// No execution of this key is scheduled, queued or running.
    #[error("`{key}` is not scheduled, queued or running, so it cannot receive a signal")]
    NotPending {
        /// The key.
        key: Key,
    },
    /// The key has no dead letter.
    #[error("there is no dead letter with the key `{key}`")]
    NoDeadLetter {
        /// The key.
        key: Key,
    },
    /// An option of a worker, a policy or a submission is invalid.
    #[error("`{option}` {problem}")]
    Option {
        /// The option.
        option: &'static str,
        /// The problem, and the fix.
        problem: String,
    },
    /// The URL of a docket is invalid. The URL may contain a password, so the message does not repeat it.
    #[error("invalid docket URL: {problem}")]
    Url {
        /// The problem, and the fix.
        problem: String,
    },
    /// The worker has been shut down.
    #[error("worker `{worker}` has been shut down; build a new one")]
    Stopped {
        /// The name of the worker.
        worker: String,
    },
    /// The backend failed.
    #[error(transparent)]
    Backend(#[from] BackendError),
}

/// An error of a [`Backend`](crate::docket::backend::contract::Backend). Workers treat every such error as temporary
/// and retry the call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("docket backend: {message}")]
pub struct BackendError {
    message: String,
    code: Option<Box<str>>,
}

impl BackendError {
    /// Creates an error with this message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            code: None,
        }
    }

    /// Returns the message, without the prefix for errors of dockets.
    #[cfg(feature = "redis")]
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Sets the store's code of the error, such as `OOM`.
    ///
    /// ```
    /// use fastmcp::docket::BackendError;
    ///
    /// let error = BackendError::new("no memory is left").with_code("OOM");
    /// assert_eq!(error.code(), Some("OOM"));
    /// ```
    #[must_use]
    pub fn with_code(mut self, code: &str) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Returns the store's code of the error: with Redis the first word of its reply, such as `OOM`, `READONLY` or
    /// `WRONGTYPE`. `None` if the store sent no reply, for example because it is unreachable.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}
