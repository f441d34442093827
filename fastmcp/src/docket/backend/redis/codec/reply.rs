//! Decodes the replies to submissions, claims and settlements.

use redis::Value;

use crate::docket::backend::call::{Admission, Settled};
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::ExecutionId;
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

/// Decodes one delivery.
pub(crate) fn delivery(value: Value) -> Decoded<Delivery> {
    let [
        id,
        token,
        key,
        task,
        envelope,
        attempt,
        delivery,
        due,
        claimed,
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
        claimed: Timestamp::from_micros(number(claimed)?),
    })
}

/// Decodes the reply to a settlement or report: the new state, or `fenced`.
pub(crate) fn settled(value: Value) -> Decoded<Settled> {
    let answer = text(value)?;
    Ok(execution_state(&answer).map_or(Settled::Fenced, Settled::Done))
}

/// Parses a member of `signals:<worker>`, `<id> <token>`.
pub(crate) fn lease(member: &str) -> Option<Lease> {
    let (id, token) = member.split_once(' ')?;
    Some(Lease {
        id: ExecutionId(id.parse().ok()?),
        token: token.parse().ok()?,
    })
}
