//! Between what the engine says and what the script reads and answers.

pub(crate) mod record;

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use redis::Value;
use serde_json::json;

use crate::docket::backend::call::{Admission, Settled, Settlement};
use crate::docket::error::BackendError;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::outcome::Outcome;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::{Limits, OnConflict, Submission, WhileRunning};
use crate::docket::model::time::{Timestamp, When};

pub(crate) use crate::docket::backend::redis::codec::record::{record, records, snapshot};

use crate::docket::backend::redis::script::Step;

/// A hundred years in microseconds: what Lua's numbers can add to a moment, and longer than anything waits.
const FOREVER: u64 = 100 * 31_557_600_000_000;

/// Moments beyond this are later than Lua's numbers tell apart.
const LAST_MOMENT: u64 = 8_000_000_000_000_000;

type Decoded<T> = Result<T, BackendError>;

fn odd(what: &str, value: &Value) -> BackendError {
    BackendError::new(format!("Redis answered {what} with {value:?}"))
}

pub(crate) fn span(span: Duration) -> String {
    u64::try_from(span.as_micros())
        .unwrap_or(u64::MAX)
        .min(FOREVER)
        .to_string()
}

fn moment(when: When) -> (&'static str, String) {
    match when {
        When::Now => ("now", String::from("0")),
        When::After(delay) => ("after", span(delay)),
        When::At(moment) => ("at", moment.as_micros().min(LAST_MOMENT).to_string()),
    }
}

fn limits(limits: &Limits) -> String {
    let concurrency = limits.concurrency.as_ref();
    let (rate, cooldown) = (limits.rate.as_ref(), limits.cooldown.as_ref());
    let mut told = serde_json::Map::new();
    if let Some(limit) = concurrency {
        told.insert("concurrency".into(), json!([limit.lane, limit.at_most]));
    }
    if let Some(limit) = rate {
        let per = span(limit.per).parse::<u64>().unwrap_or(FOREVER);
        told.insert("rate".into(), json!([limit.lane, limit.at_most, per]));
    }
    if let Some(limit) = cooldown {
        let quiet = span(limit.quiet).parse::<u64>().unwrap_or(FOREVER);
        told.insert("cooldown".into(), json!([limit.lane, quiet]));
    }
    serde_json::Value::Object(told).to_string()
}

/// What may be missing has a sign before it where it is there.
fn optional(bytes: Option<&Bytes>) -> Vec<u8> {
    let Some(bytes) = bytes else {
        return Vec::new();
    };
    let mut told = Vec::with_capacity(bytes.len() + 1);
    told.push(b'=');
    told.extend_from_slice(bytes);
    told
}

pub(crate) fn put_submission(step: &mut Step, message: &Submission) {
    let (when, at) = moment(message.when);
    step.add(message.key.as_deref().unwrap_or_default());
    step.add(&*message.task);
    step.add(&message.payload);
    step.add((message.priority as u8).to_string());
    step.add(when);
    step.add(at);
    step.add(match message.conflict {
        OnConflict::Keep => "keep",
        OnConflict::Replace(WhileRunning::Queue) => "queue",
        OnConflict::Replace(WhileRunning::CancelPrevious) => "cancel",
        OnConflict::Replace(WhileRunning::Reject) => "reject",
    });
    step.add(message.limits.as_deref().map_or(String::new(), limits));
    step.add(optional(message.note.as_ref()));
    step.add(message.keep.map_or(String::new(), span));
}

pub(crate) fn put_settlement(step: &mut Step, settlement: &Settlement) {
    let Settlement { lease, outcome, .. } = settlement;
    let nothing: &[u8] = b"";
    let mut line = String::new();
    let mut again = settlement
        .next_run()
        .map(|next| (next.when, next.envelope.as_ref()));
    let failure_json;
    let (kind, payload) = match outcome {
        Outcome::Completed(result) => ("completed", &result[..]),
        Outcome::Failed(failure) => {
            line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("failed", &failure_json[..])
        }
        Outcome::Retry { failure, after } => {
            again = Some((When::After(after.unwrap_or_default()), None));
            line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("retry", &failure_json[..])
        }
        Outcome::Snooze { after } => {
            again = Some((When::After(*after), None));
            ("snoozed", nothing)
        }
        Outcome::Park { note } => ("parked", &note[..]),
        Outcome::Discard { reason } => ("cancelled", reason.as_bytes()),
        Outcome::Release => ("hand_back", nothing),
        Outcome::UnknownTask => {
            line = "this worker does not know the task".into();
            ("hand_on", nothing)
        }
        Outcome::Undecodable { reason } => ("buried", reason.as_bytes()),
    };
    put_lease(step, *lease);
    step.add(kind);
    step.add(payload);
    step.add(line);
    step.add(if again.is_some() { "1" } else { "" });
    let (when, body) = again.unwrap_or((When::Now, None));
    let (when, at) = moment(when);
    step.add(when);
    step.add(at);
    step.add(optional(body));
}

pub(crate) fn put_lease(step: &mut Step, lease: Lease) {
    step.add(lease.id.0.to_string());
    step.add(lease.token.to_string());
}

pub(crate) fn list(value: Value) -> Decoded<Vec<Value>> {
    match value {
        Value::Array(values) | Value::Set(values) => Ok(values),
        Value::Nil => Ok(Vec::new()),
        other => Err(odd("a list", &other)),
    }
}

pub(crate) fn bytes(value: Value) -> Decoded<Bytes> {
    match value {
        Value::BulkString(bytes) => Ok(Bytes::from(bytes)),
        Value::SimpleString(text) => Ok(Bytes::from(text)),
        Value::Int(number) => Ok(Bytes::from(number.to_string())),
        other => Err(odd("a text", &other)),
    }
}

/// What was not written by a docket may be no text; it is shown as far as it is one.
pub(crate) fn text(value: Value) -> Decoded<String> {
    Ok(String::from_utf8_lossy(&bytes(value)?).into_owned())
}

pub(crate) fn number(value: Value) -> Decoded<u64> {
    let told = text(value)?;
    told.parse()
        .map_err(|_| BackendError::new(format!("Redis answered a number with `{told}`")))
}

/// The first `N` elements of a list.
pub(crate) fn parts<const N: usize>(value: Value) -> Decoded<[Value; N]> {
    let values = list(value)?;
    <[Value; N]>::try_from(values).map_err(|values| odd("a tuple", &Value::Array(values)))
}

pub(crate) fn admission(value: Value) -> Decoded<Admission> {
    let mut told = list(value)?.into_iter();
    let kind = text(told.next().unwrap_or(Value::Nil))?;
    let count = number(told.next().unwrap_or(Value::Nil))?;
    Ok(match kind.as_str() {
        "accepted" => Admission::Accepted(ExecutionId(count)),
        "existing" => Admission::Existing(ExecutionId(count)),
        "running" => Admission::Running(ExecutionId(count)),
        _ => Admission::Full {
            capacity: usize::try_from(count).unwrap_or(usize::MAX),
        },
    })
}

pub(crate) fn delivery(value: Value) -> Decoded<Delivery> {
    let [
        id,
        token,
        key,
        task,
        body,
        attempt,
        delivery,
        due,
        now,
        note,
    ] = parts(value)?;
    Ok(Delivery {
        lease: Lease {
            id: ExecutionId(number(id)?),
            token: number(token)?,
        },
        key: Key::from(text(key)?),
        task: Name::from(text(task)?),
        envelope: bytes(body)?,
        note: match note {
            Value::Nil => None,
            note => Some(bytes(note)?),
        },
        attempt: small(&text(attempt)?),
        delivery: small(&text(delivery)?),
        due: Timestamp::from_micros(number(due)?),
        claimed: Timestamp::from_micros(number(now)?),
    })
}

fn small(text: &str) -> u32 {
    text.parse().unwrap_or(1)
}

pub(crate) fn settled(value: Value) -> Decoded<Settled> {
    let told = text(value)?;
    Ok(state(&told).map_or(Settled::Fenced, Settled::Done))
}

fn state(told: &str) -> Option<ExecutionState> {
    use ExecutionState::{Cancelled, Completed, Dead, Failed, Queued, Running, Scheduled};
    Some(match told {
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

pub(crate) fn lease(told: &str) -> Option<Lease> {
    let (id, token) = told.split_once(' ')?;
    Some(Lease {
        id: ExecutionId(id.parse().ok()?),
        token: token.parse().ok()?,
    })
}

/// The fields of an answer that is a flat list of names and values.
pub(crate) fn fields(value: Value) -> Decoded<HashMap<String, Bytes>> {
    let mut told = HashMap::new();
    let mut values = list(value)?.into_iter();
    while let (Some(name), Some(value)) = (values.next(), values.next()) {
        told.insert(text(name)?, bytes(value)?);
    }
    Ok(told)
}
