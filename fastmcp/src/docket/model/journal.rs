//! The journal of an execution: the results of its steps, and the signals that it has received.

use std::sync::Arc;

use bytes::Bytes;

/// One entry in the journal of an execution.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The author of the entry.
    pub kind: EntryKind,
    /// The name. The names of recorded entries are unique within a journal; signals can share one.
    pub name: Arc<str>,
    /// The value, in JSON. Backends do not read it.
    pub value: Bytes,
}

/// The author of a [`JournalEntry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// A run of the execution has recorded it.
    Recorded,
    /// A program has sent it as a signal.
    Signal,
}

impl JournalEntry {
    /// The bytes that a journal's limit counts for each entry, in addition to its name and its value.
    pub const OVERHEAD: usize = 64;

    /// Creates an entry.
    #[must_use]
    pub fn new(kind: EntryKind, name: impl Into<Arc<str>>, value: impl Into<Bytes>) -> Self {
        Self {
            kind,
            name: name.into(),
            value: value.into(),
        }
    }

    /// Returns the number of bytes that the journal's limit counts.
    #[must_use]
    pub fn size(&self) -> usize {
        entry_size(&self.name, &self.value)
    }
}

/// Returns the number of bytes that the limit of a journal counts for an entry.
pub(crate) fn entry_size(name: &str, value: &[u8]) -> usize {
    name.len() + value.len() + JournalEntry::OVERHEAD
}

/// The result of recording an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recorded {
    /// The entry was stored, or the journal already has this entry with the same value.
    Done,
    /// The journal has an entry of this name with another value. Nothing was changed.
    Exists,
    /// The journal has no room for the entry.
    Full,
    /// The run has settled, or its lease was lost. Nothing was changed.
    Fenced,
}

/// The result of sending a signal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Sent {
    /// The signal was stored in the journal of the execution.
    Stored,
    /// The journal has no room for the signal.
    Full,
    /// The key is unknown, or its execution has ended. Nothing was changed.
    Unknown,
}
