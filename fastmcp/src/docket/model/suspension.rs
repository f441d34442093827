//! [`Suspension`]: the events that wake a parked execution.

use bytes::Bytes;

use crate::docket::model::time::Timestamp;

/// The events that wake a suspended execution. The first one wakes it.
///
/// A suspended execution is [parked](crate::docket::Record::parked), and holds neither a slot of a worker nor one of a
/// lane. [`Execution::amend`](crate::docket::Execution::amend) with `wake` wakes it too.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Suspension {
    /// The new note of the execution; `None` keeps the present one.
    pub note: Option<Bytes>,
    /// The time at which the execution wakes.
    pub due: Option<Timestamp>,
    /// True if a signal wakes the execution.
    pub signals: bool,
    /// The number of journal entries that the run knows. If signals wake the execution and one has arrived since, the
    /// execution does not sleep.
    pub known_entries: usize,
    /// The numbers of executions ([`ExecutionId`](crate::docket::ExecutionId)). The execution wakes when all of them have
    /// ended. An execution that no longer exists has ended.
    pub executions: Vec<u64>,
}

impl Suspension {
    /// Returns the length of the new note.
    pub(crate) fn note_len(&self) -> usize {
        self.note.as_ref().map_or(0, Bytes::len)
    }

    /// Creates a suspension that only an amendment ends.
    pub(crate) fn of_note(note: Bytes) -> Self {
        Self {
            note: Some(note),
            ..Self::default()
        }
    }
}
