//! [`Outcome`]: the end of a run.

use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::docket::model::failure::{Failure, FailureKind};

/// The end of a run. Handlers return it, and workers send it to the backend.
///
/// The worker applies the task's policy in between: for example, it turns a retryable [`Failed`](Self::Failed) into a
/// [`Retry`](Self::Retry) while attempts are left.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "an outcome has no effect until it is returned from the handler"]
#[non_exhaustive]
pub enum Outcome {
    /// The run completed with this result, in JSON.
    Completed(Bytes),
    /// The run failed. The retry policy applies if the failure is retryable.
    Failed(Failure),
    /// The run failed and requests another attempt. The policy's number of attempts still applies.
    Retry {
        /// The pause before the next attempt; `None` uses the policy's pause.
        after: Option<Duration>,
        /// The reason.
        failure: Failure,
    },
    /// The execution runs again later. This does not count as an attempt.
    Snooze {
        /// The pause before the next run.
        after: Duration,
    },
    /// The execution waits for external input. It holds no worker slot and does not become due until its note is
    /// [amended](crate::docket::execution::Execution::amend) with `wake`; then it runs again from the start. This
    /// does not count as an attempt.
    Park {
        /// The new note of the execution, for example the open question and the data that the next run needs. It is
        /// at most as large as a payload.
        note: Bytes,
    },
    /// The work is no longer wanted: the execution ends as cancelled.
    Discard {
        /// The reason.
        reason: String,
    },
    /// The payload cannot be decoded: the execution becomes a dead letter at once.
    Undecodable {
        /// The problem with the payload.
        reason: String,
    },
    /// The run ends unfinished, and another worker can claim the execution at once. This does not count as a
    /// delivery. Workers release unfinished runs during a shutdown.
    Release,
    /// The worker has no handler for the task. The execution is offered to another worker, or becomes a dead letter if
    /// there is none.
    UnknownTask,
}

impl Outcome {
    /// Completes with `value` as JSON; fails if `value` cannot be serialized.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(json) => Self::Completed(json.into()),
            Err(error) => Self::Failed(
                Failure::new(
                    FailureKind::Result,
                    format!("cannot serialize the result: {error}"),
                )
                .final_now(),
            ),
        }
    }

    /// Completes without a value; the result is JSON `null`.
    pub fn done() -> Self {
        Self::Completed(Bytes::from_static(b"null"))
    }
}
