//! Decodes the replies to submissions, claims and settlements.

use std::time::Duration;

use bytes::Bytes;
use redis::Value;

use crate::docket::backend::call::{Admission, Settled};
use crate::docket::error::BackendError;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

use crate::docket::backend::redis::codec::journal::journal;
use crate::docket::backend::redis::codec::record::execution_state;
use crate::docket::backend::redis::codec::value::{
    Decoded, bytes, list, number, ordinal, parts, text,
};

/// Decodes the reply to one submission of a batch.
pub(crate) fn admission(value: Value) -> Decoded<Admission> {
    let mut values = list(value)?.into_iter();
    let kind = text(values.next().unwrap_or(Value::Nil))?;
    let count = number(values.next().unwrap_or(Value::Nil))?;
    let size = |count| usize::try_from(count).unwrap_or(usize::MAX);
    Ok(match kind.as_str() {
        "space" => Admission::OutOfSpace {
            capacity_bytes: size(count),
            pending: size(number(values.next().unwrap_or(Value::Nil))?),
        },
        "owner" => Admission::OwnerFull { limit: size(count) },
        "accepted" => Admission::Accepted(ExecutionId(count)),
        "existing" => Admission::Existing(ExecutionId(count)),
        "running" => Admission::Running(ExecutionId(count)),
        _ => Admission::Full {
            capacity: size(count),
        },
    })
}

/// Decodes the reply to `submit`: one list per submission, or the first of `count` consecutive IDs.
pub(crate) fn admissions(value: Value, count: usize) -> Decoded<Vec<Admission>> {
    if let Value::Array(values) = value {
        return values.into_iter().map(admission).collect();
    }
    let first = number(value)?;
    let ids = (first..).take(count);
    Ok(ids.map(|id| Admission::Accepted(ExecutionId(id))).collect())
}

/// Decodes the reply to `claim`: the time to sleep if there are no runs, and the runs.
///
/// The lean script returns one token for all runs, their IDs, and the stored texts of their executions. The complete script returns
/// all parts of each run.
pub(crate) fn claimed(value: Value) -> Decoded<(Duration, Vec<Delivery>)> {
    let mut values = list(value)?.into_iter();
    let mut next = || values.next().unwrap_or(Value::Nil);
    let pause = Duration::from_micros(number(next())?);
    let now = Timestamp::from_micros(number(next())?);
    let token = text(next())?;
    let mut runs = Vec::new();
    if token.is_empty() {
        for run in list(next())? {
            runs.push(delivery(run, now)?);
        }
        return Ok((pause, runs));
    }
    let token = token.parse().map_err(|_| {
        BackendError::new(format!("unexpected reply from Redis: the token `{token}`"))
    })?;
    let ids = text(next())?;
    for (id, stored) in ids.split(' ').zip(values) {
        let id = ExecutionId(number(Value::SimpleString(id.into()))?);
        let stored = bytes(stored)?;
        let run = stored_delivery(Lease { id, token }, &stored, now);
        runs.push(run.ok_or_else(|| {
            BackendError::new(format!(
                "unexpected reply from Redis: execution {} cannot be read",
                id.0
            ))
        })?);
    }
    Ok((pause, runs))
}

/// Decodes one delivery of the complete script.
fn delivery(value: Value, claimed: Timestamp) -> Decoded<Delivery> {
    let [
        id,
        token,
        key,
        task,
        envelope,
        attempt,
        delivery,
        due,
        note,
        entries,
    ] = parts(value)?;
    Ok(Delivery {
        lease: Lease {
            id: ExecutionId(number(id)?),
            token: number(token)?,
        },
        key: Key::from(text(key)?),
        task: Name::from(text(task)?),
        envelope: bytes(envelope)?,
        note: match note {
            Value::Nil => None,
            note => Some(bytes(note)?),
        },
        journal: journal(entries)?,
        attempt: ordinal(&text(attempt)?),
        delivery: ordinal(&text(delivery)?),
        due: Timestamp::from_micros(number(due)?),
        claimed,
    })
}

/// Decodes the stored text of an execution that has just been claimed; `record.lua` describes it.
fn stored_delivery(lease: Lease, stored: &Bytes, claimed: Timestamp) -> Option<Delivery> {
    let mut rest = &stored[..];
    let mut line = || {
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        Some(line)
    };
    let (head, _run, task, key) = (line()?, line()?, line()?, line()?);
    // The first two letters are the state and the form.
    let mut numbers = head.get(2..)?.split(' ').skip(1);
    let due = numbers.next()?;
    let mut numbers = numbers.skip(2);
    let (delivery, attempt) = (numbers.next()?, numbers.next()?);
    let (_priority, task) = task.split_once(' ')?;
    Some(Delivery {
        lease,
        key: Key::from(key),
        task: Name::from(task.to_owned()),
        envelope: stored.slice_ref(rest),
        note: None,
        journal: Vec::new(),
        attempt: attempt.parse().ok()?,
        // The text does not contain the present run.
        delivery: delivery.parse::<u32>().ok()?.saturating_add(1),
        due: Timestamp::from_micros(due.parse().ok()?),
        claimed,
    })
}

/// Decodes the reply to a settlement or report: the new state, or `fenced`.
pub(crate) fn settled(value: Value) -> Decoded<Settled> {
    let answer = text(value)?;
    Ok(execution_state(&answer).map_or(Settled::Fenced, Settled::Done))
}

/// Decodes the reply to `settle`: one result per settlement. The lean script returns one letter for each, `r` if only the
/// complete script can settle it.
pub(crate) fn settlements(value: Value) -> Decoded<Vec<Option<Settled>>> {
    if let Value::Array(values) = value {
        return values
            .into_iter()
            .map(|one| settled(one).map(Some))
            .collect();
    }
    let letters = text(value)?;
    let result = |letter| match letter {
        'c' => Some(Settled::Done(ExecutionState::Completed)),
        'r' => None,
        _ => Some(Settled::Fenced),
    };
    Ok(letters.chars().map(result).collect())
}

/// Parses a member of `signals:<worker>`, `<id> <token>`.
pub(crate) fn lease(member: &str) -> Option<Lease> {
    let (id, token) = member.split_once(' ')?;
    Some(Lease {
        id: ExecutionId(id.parse().ok()?),
        token: token.parse().ok()?,
    })
}
