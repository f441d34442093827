//! [`Outcome`]: the end of a run.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use crate::docket::model::failure::{Failure, FailureKind};
use crate::docket::model::finite::to_json;
use crate::docket::model::suspension::Suspension;

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
    /// The execution waits for a time, a signal or the end of other executions, without a worker slot. Then it runs
    /// again from the start, with the journal of its steps. This does not count as an attempt.
    ///
    /// Bodies use [`Steps`](crate::docket::Steps) instead of this outcome.
    Suspend(Box<Suspension>),
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
    /// Returns the suspension of an outcome that parks the execution.
    pub(crate) fn suspension(&self) -> Option<Cow<'_, Suspension>> {
        match self {
            Self::Suspend(suspension) => Some(Cow::Borrowed(suspension)),
            Self::Park { note } => Some(Cow::Owned(Suspension::of_note(note.clone()))),
            _ => None,
        }
    }

    /// Completes with `value` as JSON; fails if `value` cannot be serialized, or contains a number that JSON cannot
    /// represent: NaN or an infinity.
    ///
    /// ```
    /// use fastmcp::docket::Outcome;
    ///
    /// assert!(matches!(Outcome::json(&1.5), Outcome::Completed(_)));
    /// assert!(matches!(Outcome::json(&[f64::NAN]), Outcome::Failed(_)));
    /// ```
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Self {
        let problem = match to_json(value) {
            Ok(json) => return Self::Completed(json),
            Err(problem) => problem,
        };
        let message = format!("cannot serialize the result: {problem}");
        Self::Failed(Failure::new(FailureKind::Result, message).final_now())
    }

    /// Completes without a value; the result is JSON `null`.
    pub fn done() -> Self {
        Self::Completed(Bytes::from_static(b"null"))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[derive(Serialize)]
    enum Shape {
        Point { x: Option<f32> },
        Pair(f64, f64),
    }

    #[test]
    fn a_number_that_json_cannot_represent_fails_the_run() {
        let failed = |outcome| matches!(outcome, Outcome::Failed(failure) if !failure.retryable);
        assert!(failed(Outcome::json(&f64::NAN)));
        assert!(failed(Outcome::json(&f32::INFINITY)));
        assert!(failed(Outcome::json(&Some(vec![(1, f64::NEG_INFINITY)]))));
        assert!(failed(Outcome::json(&BTreeMap::from([("a", f64::NAN)]))));
        assert!(failed(Outcome::json(&Shape::Point { x: Some(f32::NAN) })));
        assert!(failed(Outcome::json(&Shape::Pair(0.0, f64::NAN))));
        for outcome in [
            Outcome::json(&None::<f64>),
            Outcome::json(&"null"),
            Outcome::json(&Shape::Point { x: None }),
            Outcome::json(&serde_json::json!({ "a": null })),
        ] {
            assert!(matches!(outcome, Outcome::Completed(_)), "{outcome:?}");
        }
    }
}
