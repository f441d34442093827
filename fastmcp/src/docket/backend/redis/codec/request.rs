//! Encodes the arguments of script calls. The Lua steps read them by position.

use std::time::Duration;

use bytes::Bytes;
use serde_json::json;

use crate::docket::backend::call::Settlement;
use crate::docket::model::delivery::Lease;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::{Limits, OnConflict, Submission, WhileRunning};
use crate::docket::model::time::When;

use crate::docket::backend::redis::codec::journal::suspension;
use crate::docket::backend::redis::script::Step;

/// A hundred years in microseconds. Longer durations are reduced to it, so that the sum of the current time and a
/// duration stays below 2^53, the limit of exact integers in Lua.
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

pub(crate) fn due_time(when: When) -> (&'static str, String) {
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

/// Appends the 13 arguments of a submission.
pub(crate) fn put_submission(step: &mut Step, submission: &Submission) {
    let (when, at) = due_time(submission.when);
    step.add(submission.key.as_deref().unwrap_or_default());
    step.add(&*submission.task);
    step.add(&submission.payload);
    step.add((submission.priority as u8).to_string());
    step.add(when);
    step.add(at);
    step.add(match submission.conflict {
        OnConflict::Keep => "keep",
        OnConflict::Replace(WhileRunning::Queue) => "queue",
        OnConflict::Replace(WhileRunning::CancelPrevious) => "cancel",
        OnConflict::Replace(WhileRunning::Reject) => "reject",
    });
    step.add(submission.limits.as_deref().map_or(String::new(), limits));
    step.add(optional(submission.note.as_ref()));
    step.add(submission.keep.map_or(String::new(), span));
    step.add(submission.timetable.as_deref().unwrap_or_default());
    step.add(submission.owner.as_deref().unwrap_or_default());
    let parent = submission.parent.map(|id| id.to_string());
    step.add(parent.unwrap_or_default());
}

/// Appends the 11 arguments of a settlement.
pub(crate) fn put_settlement(step: &mut Step, settlement: &Settlement) {
    let Settlement { lease, outcome, .. } = settlement;
    let empty: &[u8] = b"";
    let mut history_line = String::new();
    let mut again = settlement
        .next_run()
        .map(|next| (next.when, next.envelope.as_ref()));
    let failure_json;
    let new_note;
    let (kind, payload) = match outcome {
        Outcome::Completed(result) => ("completed", &result[..]),
        Outcome::Failed(failure) => {
            history_line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("failed", &failure_json[..])
        }
        Outcome::Retry { failure, after } => {
            again = Some((When::After(after.unwrap_or_default()), None));
            history_line = failure.to_string();
            failure_json = serde_json::to_vec(failure).unwrap_or_default();
            ("retry", &failure_json[..])
        }
        Outcome::Snooze { after } => {
            again = Some((When::After(*after), None));
            ("snoozed", empty)
        }
        Outcome::Park { note } => ("parked", &note[..]),
        Outcome::Suspend(events) => {
            again = events.due.map(|due| (When::At(due), None));
            history_line = suspension(events);
            new_note = optional(events.note.as_ref());
            ("suspended", &new_note[..])
        }
        Outcome::Discard { reason } => ("discard", reason.as_bytes()),
        Outcome::Release => ("release", empty),
        Outcome::UnknownTask => {
            history_line = "this worker has no handler for the task".into();
            ("unknown_task", empty)
        }
        Outcome::Undecodable { reason } => ("undecodable", reason.as_bytes()),
    };
    put_lease(step, *lease);
    step.add(kind);
    step.add(payload);
    step.add(history_line);
    step.add(if again.is_some() { "1" } else { "" });
    let (when, envelope) = again.unwrap_or((When::Now, None));
    let (when, at) = due_time(when);
    step.add(when);
    step.add(at);
    step.add(optional(envelope));
    let timetable = settlement
        .next_run()
        .and_then(|next| next.timetable.as_deref());
    step.add(timetable.unwrap_or_default());
    step.add(if settlement.discard_failed { "1" } else { "" });
}

/// Appends the 2 arguments of a lease.
pub(crate) fn put_lease(step: &mut Step, lease: Lease) {
    step.add(lease.id.0.to_string());
    step.add(lease.token.to_string());
}
