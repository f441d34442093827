//! Decodes records and snapshots from the fields that the script returns.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use redis::Value;
use serde::Deserialize;

use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Incident, Record, Snapshot, WorkerRecord};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Priority;
use crate::docket::model::time::Timestamp;

use crate::docket::backend::redis::codec::value::{
    Decoded, fields, list, number, ordinal, parts, text,
};

/// Decodes a record from its fields. Returns `None` if they lack an ID or a state.
///
/// Other missing fields get defaults: one damaged execution must not make a list of executions unreadable.
pub(crate) fn record(mut fields: HashMap<String, Bytes>) -> Option<Record> {
    let mut take = |name: &str| Some(String::from_utf8_lossy(&fields.remove(name)?).into_owned());
    let time = |text: Option<String>| Some(Timestamp::from_micros(text?.parse().ok()?));
    let id = ExecutionId(take("id")?.parse().ok()?);
    let key = Key::from(take("key").unwrap_or_default());
    let task = Name::from(take("task").unwrap_or_default());
    let state = execution_state(&take("state")?)?;
    let attempt = ordinal(&take("attempt").unwrap_or_default());
    let delivery = take("delivery")
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    let priority = match take("priority").as_deref() {
        Some("0") => Priority::High,
        Some("2") => Priority::Low,
        _ => Priority::Normal,
    };
    let submitted = time(take("submitted")).unwrap_or_default();
    let due = time(take("due")).unwrap_or_default();
    let (started, ended) = (time(take("started")), time(take("ended")));
    let changes = [Some(submitted), started, ended, time(take("updated"))];
    let is_cancelling = take("cancelling").is_some() && !state.is_terminal();
    let is_parked = take("parked").is_some() && state == ExecutionState::Scheduled;
    let worker = take("worker").map(Arc::from);
    let progress = take("progress").and_then(|json| serde_json::from_str(&json).ok());
    let failure = take("failure").and_then(|json| serde_json::from_str(&json).ok());
    let reason = take("reason");
    let timetable = take("plan");
    let history = take("history").unwrap_or_default();
    Some(Record {
        id,
        key,
        task,
        state,
        attempt,
        delivery,
        priority,
        submitted,
        due,
        started,
        updated: changes.into_iter().flatten().max().unwrap_or_default(),
        ended,
        worker,
        cancelling: is_cancelling,
        parked: is_parked,
        timetable,
        note: fields.remove("note"),
        progress: progress.unwrap_or_default(),
        result: fields.remove("result"),
        failure,
        reason,
        history: history.lines().filter_map(incident).collect(),
    })
}

/// Parses the name of a state.
pub(crate) fn execution_state(name: &str) -> Option<ExecutionState> {
    use ExecutionState::{Cancelled, Completed, Dead, Failed, Queued, Running, Scheduled};
    Some(match name {
        "scheduled" => Scheduled,
        "queued" => Queued,
        "running" => Running,
        "completed" => Completed,
        "failed" => Failed,
        "cancelled" => Cancelled,
        "dead" => Dead,
        _ => return None,
    })
}

#[derive(Deserialize)]
struct IncidentLine {
    at: Timestamp,
    worker: Arc<str>,
    attempt: u32,
    delivery: u32,
    what: String,
}

fn incident(line: &str) -> Option<Incident> {
    let line: IncidentLine = serde_json::from_str(line).ok()?;
    Some(Incident {
        at: line.at,
        worker: line.worker,
        attempt: line.attempt,
        delivery: line.delivery,
        what: line.what,
    })
}

/// Decodes a list of records. Skips entries that are not records.
pub(crate) fn records(value: Value) -> Decoded<Vec<Record>> {
    let mut records = Vec::new();
    for value in list(value)? {
        records.extend(record(fields(value)?));
    }
    Ok(records)
}

/// Decodes the reply to `snapshot`.
pub(crate) fn snapshot(value: Value) -> Decoded<Snapshot> {
    let [counts, struck, executions, workers] = parts(value)?;
    let [scheduled, queued, running, dead, paused, now] = parts(counts)?;
    let count = |value| Ok(usize::try_from(number(value)?).unwrap_or(usize::MAX));
    let mut snapshot = Snapshot {
        scheduled: count(scheduled)?,
        queued: count(queued)?,
        running: count(running)?,
        dead: count(dead)?,
        paused: text(paused)? == "1",
        executions: records(executions)?,
        now: Some(Timestamp::from_micros(number(now)?)),
        ..Snapshot::default()
    };
    for task in list(struck)? {
        snapshot.struck.push(Name::from(text(task)?));
    }
    for worker in list(workers)? {
        let [name, since, seen, running] = parts(worker)?;
        snapshot.workers.push(WorkerRecord {
            name: text(name)?.into(),
            since: Timestamp::from_micros(number(since)?),
            seen: Timestamp::from_micros(number(seen)?),
            running: count(running)?,
        });
    }
    snapshot
        .workers
        .sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(snapshot)
}
