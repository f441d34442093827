//! Makes the client's view of a task, derived from the record of its execution.
//!
//! | execution | task |
//! |---|---|
//! | parked, with open questions | `input_required`, with all of them |
//! | scheduled, queued, running, or parked without a question | `working` |
//! | completed | `completed`, even if the tool failed (`isError`) |
//! | failed | `failed`, with the JSON-RPC error that a direct call would return |
//! | dead | `failed`, with an internal error |
//! | cancelled | `cancelled` |

use crate::component::request_error::INTERNAL_ERROR;
use crate::component::task_view::{TaskStatus, TaskView};
use crate::docket::model::failure::FailureKind;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;
use crate::error::ProtocolError;
use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::stored::{StoredError, StoredResult};

impl TaskView {
    /// Returns the view of a task that was just submitted. The status is `working` even if a worker
    /// has already finished the task; the client then gets the outcome from its first poll.
    pub(crate) fn of_new(record: &Record, note: &Note) -> Self {
        let created = iso(record.submitted);
        Self {
            updated: created.clone(),
            created,
            ttl: Some(note.ttl),
            poll: Some(note.poll),
            message: None,
            status: TaskStatus::Working,
        }
    }

    pub(crate) fn of(record: &Record, note: &Note) -> Self {
        let status = status(record, note);
        let message = match &status {
            TaskStatus::Working | TaskStatus::InputRequired(_) => record.progress.message.clone(),
            TaskStatus::Failed(error) => Some(error.message.clone()),
            TaskStatus::Completed(_) | TaskStatus::Cancelled => None,
        };
        Self {
            created: iso(record.submitted),
            updated: iso(record.updated),
            ttl: Some(note.ttl),
            poll: Some(note.poll),
            message,
            status,
        }
    }
}

fn status(record: &Record, note: &Note) -> TaskStatus {
    match record.state {
        ExecutionState::Scheduled if record.parked && note.waits() => {
            TaskStatus::InputRequired(note.open())
        }
        ExecutionState::Scheduled | ExecutionState::Queued | ExecutionState::Running => {
            TaskStatus::Working
        }
        ExecutionState::Completed => {
            let stored = record.result.as_deref().unwrap_or_default();
            match serde_json::from_slice::<StoredResult>(stored) {
                Ok(stored) => TaskStatus::Completed(stored.into()),
                Err(error) => {
                    tracing::error!(key = %record.key, %error, "cannot decode the result of a task");
                    TaskStatus::Failed(internal_error())
                }
            }
        }
        ExecutionState::Failed => TaskStatus::Failed(failure(record)),
        ExecutionState::Dead => TaskStatus::Failed(internal_error()),
        ExecutionState::Cancelled => TaskStatus::Cancelled,
    }
}

/// Returns the error of a failed execution. Failures that the docket itself detected are internal
/// to the server. The exception is a result that cannot be stored, for example because it is too
/// large: the client may be able to request a smaller one.
fn failure(record: &Record) -> ProtocolError {
    let Some(failure) = &record.failure else {
        return internal_error();
    };
    match failure.kind {
        FailureKind::Error => match serde_json::from_str::<StoredError>(&failure.message) {
            Ok(stored) => stored.into(),
            Err(_) => internal_error(),
        },
        FailureKind::Result => ProtocolError::new(INTERNAL_ERROR, failure.message.clone()),
        _ => internal_error(),
    }
}

fn internal_error() -> ProtocolError {
    ProtocolError::new(INTERNAL_ERROR, "internal error")
}

/// Formats a time as ISO 8601 in UTC.
fn iso(moment: Timestamp) -> String {
    let micros = i64::try_from(moment.as_micros()).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX);
    format!("{moment:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_iso_8601() {
        assert_eq!(iso(Timestamp::from_micros(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            iso(Timestamp::from_micros(1_769_853_723_456_789)),
            "2026-01-31T10:02:03.456Z"
        );
        assert!(
            iso(Timestamp::MAX).ends_with('Z'),
            "the maximum is formatted"
        );
    }
}
