//! [`Row`]: an execution in the form in which the page shows it.

use serde::Serialize;

use crate::docket::model::failure::FailureKind;
use crate::docket::model::record::{Incident, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// The maximum length of a message in a list, in bytes. The whole message is among the details.
const MAX_MESSAGE: usize = 300;

/// An execution in a list. Times are milliseconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Row {
    /// The number, as text: a number in JavaScript has only 53 bits.
    pub(crate) id: String,
    key: String,
    task: String,
    state: ExecutionState,
    attempt: u32,
    delivery: u32,
    due: u64,
    started: Option<u64>,
    updated: u64,
    ended: Option<u64>,
    worker: Option<String>,
    cancelling: bool,
    parked: bool,
    timetable: Option<String>,
    progress: Progress,
    failure: Option<Problem>,
    reason: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Progress {
    done: u64,
    total: Option<u64>,
    message: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Problem {
    kind: FailureKind,
    message: String,
    location: Option<String>,
}

/// An execution with all that is shown of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Details {
    #[serde(flatten)]
    row: Row,
    submitted: u64,
    priority: &'static str,
    history: Vec<Entry>,
    /// Only if the dashboard shows them.
    pub(crate) contents: Option<Contents>,
}

/// What an execution works on and has produced, as text.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Contents {
    #[serde(rename = "Arguments")]
    pub(crate) arguments: Option<String>,
    #[serde(rename = "Result")]
    pub(crate) result: Option<String>,
    #[serde(rename = "Note")]
    pub(crate) note: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Entry {
    at: u64,
    worker: String,
    attempt: u32,
    what: String,
}

/// Returns the milliseconds since the Unix epoch.
pub(crate) fn millis(time: Timestamp) -> u64 {
    time.as_micros() / 1000
}

impl Row {
    /// Returns the row of a list, with shortened messages.
    pub(crate) fn new(record: &Record) -> Self {
        Self::with_messages(record, MAX_MESSAGE)
    }

    fn with_messages(record: &Record, max: usize) -> Self {
        let failure = record.failure.as_ref().map(|failure| Problem {
            kind: failure.kind,
            message: shortened(&failure.message, max),
            location: failure.location.clone(),
        });
        let is_ended = record.state.is_terminal();
        Self {
            id: record.id.0.to_string(),
            key: record.key.to_string(),
            task: record.task.to_string(),
            state: record.state,
            attempt: record.attempt,
            delivery: record.delivery,
            due: millis(record.due),
            started: record.started.map(millis),
            updated: millis(record.updated),
            ended: record.ended.map(millis),
            worker: record.worker.as_deref().map(ToOwned::to_owned),
            cancelling: record.cancelling && !is_ended,
            parked: record.parked,
            timetable: record.timetable.clone(),
            progress: Progress {
                done: record.progress.done,
                total: record.progress.total,
                message: record
                    .progress
                    .message
                    .as_deref()
                    .map(|it| shortened(it, max)),
            },
            failure,
            reason: record.reason.as_deref().map(|it| shortened(it, max)),
        }
    }
}

impl Details {
    pub(crate) fn new(record: &Record, contents: Option<Contents>) -> Self {
        let entry = |incident: &Incident| Entry {
            at: millis(incident.at),
            worker: incident.worker.to_string(),
            attempt: incident.attempt,
            what: incident.what.clone(),
        };
        Self {
            row: Row::with_messages(record, usize::MAX),
            submitted: millis(record.submitted),
            priority: match record.priority {
                Priority::High => "high",
                Priority::Normal => "normal",
                Priority::Low => "low",
            },
            history: record.history.iter().map(entry).collect(),
            contents,
        }
    }
}

/// Returns the beginning of a text, of at most `max` bytes.
fn shortened(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    let end = (0..=max).rev().find(|at| text.is_char_boundary(*at));
    format!("{}…", &text[..end.unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_shortened_between_characters() {
        assert_eq!(shortened("été", 9), "été");
        assert_eq!(shortened("ééé", 3), "é…");
        assert_eq!(shortened("日本", 1), "…");
    }
}
