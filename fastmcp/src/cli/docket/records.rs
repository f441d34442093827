//! Executions as JSON and as text.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use crate::cli::terminal::Style;
use crate::docket::model::record::Record;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// Returns a time in ISO 8601, in UTC.
pub(crate) fn iso(time: Timestamp) -> String {
    let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    let time = jiff::Timestamp::from_microsecond(micros).unwrap_or(jiff::Timestamp::MAX);
    format!("{time:.3}")
}

/// Returns a result as JSON, or as text if it is none.
pub(crate) fn value(bytes: &Bytes) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes).into())
}

/// Returns an execution as JSON. Fields without a value are left out.
pub(crate) fn record_json(record: &Record) -> Value {
    let progress = &record.progress;
    let history = record.history.iter().map(|incident| {
        json!({
            "at": iso(incident.at),
            "worker": &*incident.worker,
            "attempt": incident.attempt,
            "delivery": incident.delivery,
            "what": incident.what,
        })
    });
    let fields = [
        ("id", json!(record.id)),
        ("key", json!(&*record.key)),
        ("task", json!(record.task.as_str())),
        ("state", json!(record.state)),
        ("attempt", json!(record.attempt)),
        ("delivery", json!(record.delivery)),
        ("submitted", json!(iso(record.submitted))),
        ("due", json!(iso(record.due))),
        ("started", json!(record.started.map(iso))),
        ("updated", json!(iso(record.updated))),
        ("ended", json!(record.ended.map(iso))),
        ("worker", json!(record.worker.as_deref())),
        ("cancelling", json!(record.cancelling.then_some(true))),
        ("parked", json!(record.parked.then_some(true))),
        ("timetable", json!(record.timetable)),
        (
            "progress",
            match (progress.done, progress.total, &progress.message) {
                (0, None, None) => Value::Null,
                _ => json!(progress),
            },
        ),
        (
            "result",
            record.result.as_ref().map(value).unwrap_or_default(),
        ),
        (
            "failure",
            json!(record.failure.as_ref().map(ToString::to_string)),
        ),
        ("reason", json!(record.reason)),
        (
            "history",
            match history.len() {
                0 => Value::Null,
                _ => history.collect(),
            },
        ),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    let fields: Map<String, Value> = fields.map(|(key, value)| (key.to_owned(), value)).collect();
    fields.into()
}

/// Returns the colour of a state.
pub(crate) fn style(state: ExecutionState) -> Style {
    match state {
        ExecutionState::Completed => Style::Good,
        ExecutionState::Failed | ExecutionState::Dead => Style::Bad,
        ExecutionState::Cancelled => Style::Warning,
        ExecutionState::Running => Style::Name,
        ExecutionState::Scheduled | ExecutionState::Queued => Style::Plain,
    }
}

/// Returns the progress as text, or the reason why an execution ended.
pub(crate) fn remark(record: &Record) -> String {
    if let Some(failure) = &record.failure {
        return failure.to_string();
    }
    if let Some(reason) = &record.reason {
        return reason.clone();
    }
    let progress = &record.progress;
    let message = progress.message.as_deref().unwrap_or_default();
    match (progress.done, progress.total) {
        (0, None) => message.to_owned(),
        (done, None) => format!("{done} {message}"),
        (done, Some(total)) => format!("{done}/{total} {message}"),
    }
}

/// Returns a duration with its largest units.
pub(crate) fn short(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{} ms", duration.as_millis()),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}
