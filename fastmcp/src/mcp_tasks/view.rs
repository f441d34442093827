//! A task as a client is told of it: what follows from the record of its execution.
//!
//! | the execution | the task |
//! |---|---|
//! | parked | `input_required`, with all that is not answered |
//! | scheduled, queued, running | `working` |
//! | completed | `completed`, also where the tool failed (`isError`) |
//! | failed | `failed`, with the JSON-RPC error that a direct call would have had |
//! | dead: given up on | `failed`, with an internal error |
//! | cancelled | `cancelled` |

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::component::output::tool_result::ToolResult;
use crate::docket::model::failure::FailureKind;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;
use crate::mcp::ContentBlock;
use crate::mcp_tasks::note::{Note, millis};

/// A task at one moment.
#[derive(Debug)]
pub(crate) struct TaskView {
    pub(crate) created: String,
    pub(crate) updated: String,
    pub(crate) ttl: Duration,
    pub(crate) poll: Duration,
    pub(crate) message: Option<String>,
    pub(crate) told: Told,
}

/// The status of a task, and what comes with it.
#[derive(Debug)]
pub(crate) enum Told {
    Working,
    /// What the client is asked, by key.
    InputRequired(Map<String, Value>),
    Completed(ToolResult),
    Failed(ErrorObject),
    Cancelled,
}

/// A JSON-RPC error, as it is written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ErrorObject {
    pub(crate) code: i32,
    pub(crate) message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Value>,
}

/// `-32603`: the request was right, the server was not.
const INTERNAL_ERROR: i32 = -32603;

impl ErrorObject {
    fn internal(message: impl Into<String>) -> Self {
        Self {
            code: INTERNAL_ERROR,
            message: message.into(),
            data: None,
        }
    }
}

impl TaskView {
    /// A task that was taken in this moment.
    pub(crate) fn of_new(record: &Record, note: &Note) -> Self {
        let created = iso(record.submitted);
        Self {
            updated: created.clone(),
            created,
            ttl: note.ttl,
            poll: note.poll,
            message: None,
            told: Told::Working,
        }
    }

    /// How long it is kept from its creation on, in milliseconds.
    pub(crate) fn ttl_ms(&self) -> u64 {
        millis(self.ttl)
    }

    /// How often its client should ask, in milliseconds.
    pub(crate) fn poll_ms(&self) -> u64 {
        millis(self.poll)
    }

    pub(crate) fn of(record: &Record, note: &Note) -> Self {
        let told = told(record, note);
        let message = match &told {
            Told::Working | Told::InputRequired(_) => record.progress.message.clone(),
            Told::Failed(error) => Some(error.message.clone()),
            Told::Completed(_) | Told::Cancelled => None,
        };
        Self {
            created: iso(record.submitted),
            updated: iso(record.updated),
            ttl: note.ttl,
            poll: note.poll,
            message,
            told,
        }
    }
}

fn told(record: &Record, note: &Note) -> Told {
    match record.state {
        ExecutionState::Scheduled if record.parked => Told::InputRequired(note.open()),
        ExecutionState::Scheduled | ExecutionState::Queued | ExecutionState::Running => {
            Told::Working
        }
        ExecutionState::Completed => {
            let stored = record.result.as_deref().unwrap_or_default();
            match serde_json::from_slice::<Stored>(stored) {
                Ok(stored) => Told::Completed(stored.into()),
                Err(error) => {
                    tracing::error!(key = %record.key, %error, "the result of a task cannot be read");
                    Told::Failed(ErrorObject::internal("internal error"))
                }
            }
        }
        ExecutionState::Failed => Told::Failed(failure(record)),
        ExecutionState::Dead => Told::Failed(ErrorObject::internal("internal error")),
        ExecutionState::Cancelled => Told::Cancelled,
    }
}

/// The error of a call is the message of its failure. A failure that the docket has found has no error in it: of
/// those, a client is told what it can do something about.
fn failure(record: &Record) -> ErrorObject {
    let Some(failure) = &record.failure else {
        return ErrorObject::internal("internal error");
    };
    match failure.kind {
        FailureKind::Error => serde_json::from_str(&failure.message)
            .unwrap_or_else(|_| ErrorObject::internal("internal error")),
        FailureKind::Result => ErrorObject::internal(failure.message.clone()),
        _ => ErrorObject::internal("internal error"),
    }
}

/// ISO 8601, in UTC.
fn iso(moment: Timestamp) -> String {
    let micros = i64::try_from(moment.as_micros()).unwrap_or(i64::MAX);
    let moment = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX);
    format!("{moment:.3}")
}

/// A [`ToolResult`], as it is written down.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stored {
    content: Vec<ContentBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    structured_content: Option<Value>,
    is_error: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta: Option<Map<String, Value>>,
}

impl From<ToolResult> for Stored {
    fn from(result: ToolResult) -> Self {
        let ToolResult {
            content,
            structured_content,
            is_error,
            meta,
        } = result;
        Self {
            content,
            structured_content,
            is_error,
            meta,
        }
    }
}

impl From<Stored> for ToolResult {
    fn from(stored: Stored) -> Self {
        Self {
            content: stored.content,
            structured_content: stored.structured_content,
            is_error: stored.is_error,
            meta: stored.meta,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_iso_8601() {
        assert_eq!(iso(Timestamp::from_micros(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(
            iso(Timestamp::from_micros(1_769_853_723_456_789)),
            "2026-01-31T10:02:03.456Z"
        );
        assert!(iso(Timestamp::MAX).ends_with('Z'), "and there is an end");
    }

    #[test]
    fn a_result_is_read_as_it_was_written() {
        let result = ToolResult::new([
            ContentBlock::text("a"),
            ContentBlock::image("AA==", "image/png"),
        ])
        .with_structured_content(serde_json::json!({ "a": 1 }))
        .with_meta(Map::from_iter([("k".to_owned(), Value::Bool(true))]));
        let written = serde_json::to_vec(&Stored::from(result.clone())).unwrap();
        let read: Stored = serde_json::from_slice(&written).unwrap();
        assert_eq!(ToolResult::from(read), result);
    }
}
