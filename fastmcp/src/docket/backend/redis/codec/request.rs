//! Encodes the arguments of script calls. The Lua steps read them by position.

use std::borrow::Cow;
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

/// Encodes a due time; an empty text is now.
pub(crate) fn due_time(when: When) -> String {
    match when {
        When::Now => String::new(),
        When::After(delay) => format!("after {}", span(delay)),
        When::At(time) => format!("at {}", time.as_micros().min(MAX_TIMESTAMP)),
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

/// Escapes line feeds: the text of an execution has one name per line.
fn escaped(name: &str) -> Cow<'_, str> {
    if name.contains(['\\', '\n']) {
        name.replace('\\', "\\\\").replace('\n', "\\n").into()
    } else {
        name.into()
    }
}

/// Appends a submission: the text of the execution after the moments that the script adds. A submission with options has
/// `+` before it, and 8 more arguments.
pub(crate) fn put_submission(step: &mut Step, submission: &Submission, nonce: &str) {
    let key = submission.key.as_deref().unwrap_or_default();
    let (escaped_key, task) = (escaped(key), escaped(&submission.task));
    let has_options = has_options(submission);
    let size = submission.payload.len();
    let mut stored = Vec::with_capacity(size + key.len() + task.len() + 64);
    let sign = if has_options { "+" } else { "" };
    // No deliveries, and the first attempt.
    let head = format!("{sign}{size:010} {:010} {:010} {nonce}\n\n", 0, 1);
    stored.extend_from_slice(head.as_bytes());
    let priority = submission.priority as u8;
    stored.extend_from_slice(format!("{priority} {task}\n{escaped_key}\n").as_bytes());
    stored.extend_from_slice(&submission.payload);
    step.add(stored);
    if !has_options {
        return;
    }
    step.add(due_time(submission.when));
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

/// Returns whether only the complete script can submit an execution.
pub(crate) fn has_options(submission: &Submission) -> bool {
    let is_escaped = |name: &str| matches!(escaped(name), Cow::Owned(_));
    is_escaped(submission.key.as_deref().unwrap_or_default())
        || is_escaped(&submission.task)
        || submission.when != When::Now
        || submission.conflict != OnConflict::Keep
        || submission.limits.is_some()
        || submission.note.is_some()
        || submission.keep.is_some()
        || submission.timetable.is_some()
        || submission.owner.is_some()
        || submission.parent.is_some()
}

/// Appends a settlement: its lease and its result. A settlement without a result, or with a next run, has 7 more arguments.
pub(crate) fn put_settlement(step: &mut Step, settlement: &Settlement) {
    let Settlement { lease, outcome, .. } = settlement;
    let mut argument = format!("{} {}", lease.id.0, lease.token).into_bytes();
    if let (Outcome::Completed(result), None) = (outcome, settlement.next_run()) {
        argument.push(b'=');
        argument.extend_from_slice(result);
        step.add(argument);
        return;
    }
    step.add(argument);
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
    step.add(kind);
    step.add(payload);
    step.add(history_line);
    step.add(again.map_or_else(|| "-".into(), |(when, _)| due_time(when)));
    step.add(optional(again.and_then(|(_, envelope)| envelope)));
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
