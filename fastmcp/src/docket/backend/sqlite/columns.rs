//! Converts between the values of columns and the types of the docket.

use std::sync::Arc;

use rusqlite::types::Type;
use rusqlite::{Error, Result};
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::docket::model::record::Incident;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

/// Converts a moment to the value of a column. Moments after the year 292,000 become the last one.
pub(super) fn micros(moment: Timestamp) -> i64 {
    i64::try_from(moment.as_micros()).unwrap_or(i64::MAX)
}

/// Converts the value of a column to a moment.
pub(super) fn moment(micros: i64) -> Timestamp {
    match micros {
        i64::MAX => Timestamp::MAX,
        _ => Timestamp::from_micros(u64::try_from(micros).unwrap_or_default()),
    }
}

/// Converts an ID or a token to the value of a column.
pub(super) fn number(number: u64) -> i64 {
    number.cast_signed()
}

/// Converts the value of a column to a counter.
pub(super) fn counter(value: i64) -> u32 {
    u32::try_from(value).unwrap_or_default()
}

/// Converts the value of a column to a size.
pub(super) fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or_default()
}

/// Converts a size to the value of a column.
pub(super) fn signed(size: usize) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

pub(super) fn state_name(state: ExecutionState) -> &'static str {
    match state {
        ExecutionState::Scheduled => "scheduled",
        ExecutionState::Queued => "queued",
        ExecutionState::Running => "running",
        ExecutionState::Completed => "completed",
        ExecutionState::Failed => "failed",
        ExecutionState::Cancelled => "cancelled",
        ExecutionState::Dead => "dead",
    }
}

pub(super) fn state(column: usize, name: &str) -> Result<ExecutionState> {
    Ok(match name {
        "scheduled" => ExecutionState::Scheduled,
        "queued" => ExecutionState::Queued,
        "running" => ExecutionState::Running,
        "completed" => ExecutionState::Completed,
        "failed" => ExecutionState::Failed,
        "cancelled" => ExecutionState::Cancelled,
        "dead" => ExecutionState::Dead,
        _ => {
            let problem = format!("`{name}` is not a state of an execution");
            return Err(Error::FromSqlConversionFailure(
                column,
                Type::Text,
                problem.into(),
            ));
        }
    })
}

pub(super) fn priority(value: i64) -> Priority {
    match value {
        0 => Priority::High,
        2 => Priority::Low,
        _ => Priority::Normal,
    }
}

/// Serializes a value of a JSON column. These types always serialize.
pub(super) fn json<T: Serialize + ?Sized>(value: &T) -> Option<String> {
    serde_json::to_string(value).ok()
}

/// Reads a value of a JSON column. A value that another program has damaged counts as absent: one damaged execution
/// must not make a list of executions unreadable.
pub(super) fn parsed<T: DeserializeOwned>(text: Option<&str>) -> Option<T> {
    serde_json::from_str(text?).ok()
}

/// An incident as it is stored.
#[derive(Serialize, Deserialize)]
struct StoredIncident {
    at: Timestamp,
    worker: String,
    attempt: u32,
    delivery: u32,
    what: String,
}

pub(super) fn history_json(history: &[Incident]) -> Option<String> {
    if history.is_empty() {
        return None;
    }
    let stored: Vec<StoredIncident> = history
        .iter()
        .map(|incident| StoredIncident {
            at: incident.at,
            worker: incident.worker.to_string(),
            attempt: incident.attempt,
            delivery: incident.delivery,
            what: incident.what.clone(),
        })
        .collect();
    json(&stored)
}

pub(super) fn history(text: Option<&str>) -> Vec<Incident> {
    let stored: Vec<StoredIncident> = parsed(text).unwrap_or_default();
    stored
        .into_iter()
        .map(|incident| Incident {
            at: incident.at,
            worker: Arc::from(incident.worker),
            attempt: incident.attempt,
            delivery: incident.delivery,
            what: incident.what,
        })
        .collect()
}
