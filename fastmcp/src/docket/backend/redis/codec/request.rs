//! Encodes the arguments of script calls. The Lua steps read them by position.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::docket::backend::call::{Hold, Message, Settlement, Verdict};
use crate::docket::model::submission::{Limits, OnConflict, WhileRunning};
use crate::docket::model::time::When;

use crate::docket::backend::redis::script::Step;

/// A hundred years in microseconds. Longer durations are cut to it, so that now plus a duration stays below 2^53, the
/// limit of exact integers in Lua.
const MAX_DURATION: u64 = 100 * 31_557_600_000_000;

/// The latest timestamp, just below 2^53 microseconds. Lua could not tell later ones apart.
const MAX_TIMESTAMP: u64 = 8_000_000_000_000_000;

/// Encodes a duration in microseconds.
pub(crate) fn span(duration: Duration) -> String {
    micros(duration).to_string()
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros())
        .unwrap_or(u64::MAX)
        .min(MAX_DURATION)
}

fn due_time(when: When) -> (&'static str, String) {
    match when {
        When::Now => ("now", String::from("0")),
        When::After(delay) => ("after", span(delay)),
        When::At(time) => ("at", time.as_micros().min(MAX_TIMESTAMP).to_string()),
    }
}

fn limits(limits: &Limits) -> String {
    let mut encoded = serde_json::Map::new();
    if let Some(limit) = &limits.concurrency {
        encoded.insert("concurrency".into(), json!([limit.lane, limit.at_most]));
    }
    if let Some(limit) = &limits.rate {
        let per = micros(limit.per);
        encoded.insert("rate".into(), json!([limit.lane, limit.at_most, per]));
    }
    if let Some(limit) = &limits.cooldown {
        let quiet = micros(limit.quiet);
        encoded.insert("cooldown".into(), json!([limit.lane, quiet]));
    }
    serde_json::Value::Object(encoded).to_string()
}

/// Encodes optional bytes. `Some(bytes)` is prefixed with `=`, so that empty and absent differ.
fn optional(bytes: Option<&Bytes>) -> Vec<u8> {
    let Some(bytes) = bytes else {
        return Vec::new();
    };
    let mut encoded = Vec::with_capacity(bytes.len() + 1);
    encoded.push(b'=');
    encoded.extend_from_slice(bytes);
    encoded
}

/// Appends the 10 arguments of a message.
pub(crate) fn put_message(step: &mut Step, message: &Message) {
    let (when, at) = due_time(message.when);
    step.add(&*message.key);
    step.add(&*message.task);
    step.add(&message.body);
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

/// Appends the 9 arguments of a settlement.
pub(crate) fn put_settlement(step: &mut Step, settlement: &Settlement) {
    let Settlement { hold, verdict } = settlement;
    let empty: &[u8] = b"";
    let mut history_line = String::new();
    let mut again = None;
    let failure_json;
    let (kind, payload) = match verdict {
        Verdict::Completed {
            result,
            again: next,
        } => {
            again = next.as_ref().map(|next| (next.when, next.body.as_ref()));
            ("completed", &result[..])
        }
        Verdict::Failed {
            failure,
            again: next,
        } => {
            again = next.as_ref().map(|next| (next.when, next.body.as_ref()));
            history_line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("failed", &failure_json[..])
        }
        Verdict::Retry { failure, after } => {
            again = Some((When::After(*after), None));
            history_line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("retry", &failure_json[..])
        }
        Verdict::Snoozed { after } => {
            again = Some((When::After(*after), None));
            ("snoozed", empty)
        }
        Verdict::Parked { note } => ("parked", &note[..]),
        Verdict::Cancelled { reason } => ("cancelled", reason.as_bytes()),
        Verdict::HandBack => ("hand_back", empty),
        Verdict::HandOn => {
            history_line = "this worker has no handler for the task".into();
            ("hand_on", empty)
        }
        Verdict::Buried { reason } => ("buried", reason.as_bytes()),
    };
    put_hold(step, *hold);
    step.add(kind);
    step.add(payload);
    step.add(history_line);
    step.add(if again.is_some() { "1" } else { "" });
    let (when, body) = again.unwrap_or((When::Now, None));
    let (when, at) = due_time(when);
    step.add(when);
    step.add(at);
    step.add(optional(body));
}

/// Appends the 2 arguments of a hold.
pub(crate) fn put_hold(step: &mut Step, hold: Hold) {
    step.add(hold.id.0.to_string());
    step.add(hold.token.to_string());
}
