//! Encodes suspensions and decodes journals.

use bytes::Bytes;
use redis::Value;
use serde_json::json;

use crate::docket::backend::redis::codec::value::{Decoded, bytes, list, text};
use crate::docket::model::journal::{EntryKind, JournalEntry};
use crate::docket::model::suspension::Suspension;

/// Encodes the events of a suspension, without its note and its time. IDs are strings, because Lua's numbers would lose
/// digits.
pub(crate) fn suspension(suspension: &Suspension) -> String {
    let executions: Vec<String> = suspension.executions.iter().map(u64::to_string).collect();
    json!({
        "signals": suspension.signals,
        "known": suspension.known_entries,
        "executions": executions,
    })
    .to_string()
}

/// Decodes the fields of a journal: `s:<name>` and `g:<nonce>:<name>`.
pub(crate) fn journal(value: Value) -> Decoded<Vec<JournalEntry>> {
    let mut entries = Vec::new();
    let mut signals = Vec::new();
    let mut values = list(value)?.into_iter();
    while let (Some(field), Some(value)) = (values.next(), values.next()) {
        let (field, value) = (text(field)?, bytes(value)?);
        if let Some(name) = field.strip_prefix("s:") {
            entries.push(JournalEntry::new(EntryKind::Recorded, name, value));
        } else if let Some(signal) = field.strip_prefix("g:") {
            signals.extend(received(signal, &value));
        }
    }
    signals.sort_by_key(|(position, _)| *position);
    entries.extend(signals.into_iter().map(|(_, entry)| entry));
    Ok(entries)
}

/// Decodes a signal: its position and the entry. Fields that another program has damaged are skipped.
fn received(field: &str, value: &Bytes) -> Option<(u64, JournalEntry)> {
    let (_, name) = field.split_once(':')?;
    let colon = value.iter().position(|byte| *byte == b':')?;
    let position = str::from_utf8(&value[..colon]).ok()?.parse().ok()?;
    let value = value.slice(colon + 1..);
    Some((position, JournalEntry::new(EntryKind::Signal, name, value)))
}
