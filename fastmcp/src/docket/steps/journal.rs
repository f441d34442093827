//! [`Journal`]: the entries that a run knows, and the names that it has used.

use std::collections::HashMap;
use std::panic::Location;
use std::sync::Arc;

use bytes::Bytes;

use crate::docket::error::DocketError;
use crate::docket::model::journal::{EntryKind, JournalEntry};

/// The journal as of the claim, with the entries that this run has added.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    recorded: HashMap<Arc<str>, Bytes>,
    /// The signals of each name, in the order of their arrival.
    signals: HashMap<Arc<str>, Vec<Bytes>>,
    /// The number of entries, for the suspension.
    entries: usize,
    /// The names that this run has used, with their lines.
    used: HashMap<Arc<str>, &'static Location<'static>>,
    /// The number of waits for each signal in this run.
    waited: HashMap<Arc<str>, usize>,
}

impl Journal {
    pub(crate) fn new(entries: &[JournalEntry]) -> Self {
        let mut journal = Self::default();
        for entry in entries {
            journal.insert(entry.clone());
        }
        journal
    }

    pub(crate) fn insert(&mut self, entry: JournalEntry) {
        self.entries += 1;
        match entry.kind {
            EntryKind::Recorded => {
                self.recorded.insert(entry.name, entry.value);
            }
            EntryKind::Signal => self
                .signals
                .entry(entry.name)
                .or_default()
                .push(entry.value),
        }
    }

    pub(crate) fn entries(&self) -> usize {
        self.entries
    }

    /// Claims a name for the step at `line`, and returns the recorded value.
    pub(crate) fn begin(
        &mut self,
        name: &Arc<str>,
        line: &'static Location<'static>,
    ) -> Result<Option<Bytes>, DocketError> {
        if let Some(first) = self.used.insert(name.clone(), line) {
            return Err(DocketError::StepReused {
                step: name.to_string(),
                first,
                second: line,
            });
        }
        Ok(self.recorded.get(name).cloned())
    }

    /// Returns the position of the next wait for a signal of this name.
    pub(crate) fn next_wait(&mut self, name: &Arc<str>) -> usize {
        let waited = self.waited.entry(name.clone()).or_default();
        *waited += 1;
        *waited - 1
    }

    /// Returns a signal by its position among those of its name.
    pub(crate) fn signal(&self, name: &str, position: usize) -> Option<Bytes> {
        self.signals.get(name)?.get(position).cloned()
    }
}
