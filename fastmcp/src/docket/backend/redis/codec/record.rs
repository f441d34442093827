//! Records and snapshots, from the fields that the script answers with.

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

use crate::docket::backend::redis::codec::{
    Decoded, fields, list, number, parts, small, state, text,
};

/// A record from its fields; `None` when there are none, or they are none of a docket's.
pub(crate) fn record(mut told: HashMap<String, Bytes>) -> Option<Record> {
    let mut take = |name: &str| Some(String::from_utf8_lossy(&told.remove(name)?).into_owned());
    let time = |text: Option<String>| Some(Timestamp::from_micros(text?.parse().ok()?));
    let id = ExecutionId(take("id")?.parse().ok()?);
    let key = Key::from(take("key").unwrap_or_default());
    let task = Name::from(take("task").unwrap_or_default());
    let state = state(&take("state")?)?;
    let attempt = small(&take("attempt").unwrap_or_default());
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
    let moments = [Some(submitted), started, ended, time(take("updated"))];
    let is_cancelling = take("cancelling").is_some() && !state.is_terminal();
    let is_parked = take("parked").is_some() && state == ExecutionState::Scheduled;
    let worker = take("worker").map(Arc::from);
    let progress = take("progress").and_then(|json| serde_json::from_str(&json).ok());
    let failure = take("failure").and_then(|json| serde_json::from_str(&json).ok());
    let reason = take("reason");
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
        updated: moments.into_iter().flatten().max().unwrap_or_default(),
        ended,
        worker,
        cancelling: is_cancelling,
        parked: is_parked,
        note: told.remove("note"),
        progress: progress.unwrap_or_default(),
        result: told.remove("result"),
        failure,
        reason,
        history: history.lines().filter_map(incident).collect(),
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
    let told: IncidentLine = serde_json::from_str(line).ok()?;
    Some(Incident {
        at: told.at,
        worker: told.worker,
        attempt: told.attempt,
        delivery: told.delivery,
        what: told.what,
    })
}

pub(crate) fn records(value: Value) -> Decoded<Vec<Record>> {
    let mut records = Vec::new();
    for value in list(value)? {
        records.extend(record(fields(value)?));
    }
    Ok(records)
}

pub(crate) fn snapshot(value: Value) -> Decoded<Snapshot> {
    let [counts, struck, executions, workers] = parts(value)?;
    let [scheduled, queued, running, dead, paused, now] = parts(counts)?;
    let count = |value| Ok(usize::try_from(number(value)?).unwrap_or(usize::MAX));
    let mut told = Snapshot {
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
        told.struck.push(Name::from(text(task)?));
    }
    for worker in list(workers)? {
        let [name, since, seen, running] = parts(worker)?;
        told.workers.push(WorkerRecord {
            name: text(name)?.into(),
            since: Timestamp::from_micros(number(since)?),
            seen: Timestamp::from_micros(number(seen)?),
            running: count(running)?,
        });
    }
    told.workers.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(told)
}
