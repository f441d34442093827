//! [`Table`]: the components of one kind, sorted and indexed by name.

use std::collections::HashMap;

use crate::registration::{DuplicateKind, DuplicateName, Location, refuse_duplicates};

/// The components of one kind. Resources are named by their URI.
pub(crate) struct Table<E: 'static> {
    /// Sorted by name, so that lists have the same order in every process.
    entries: Vec<&'static E>,
    by_name: HashMap<&'static str, &'static E>,
}

impl<E: Send + Sync> Table<E> {
    /// Collects the components, or returns an error if two have the same name.
    pub(crate) fn new(
        kind: DuplicateKind,
        entries: impl Iterator<Item = &'static E>,
        name: fn(&E) -> &'static str,
        location: fn(&E) -> Location,
    ) -> Result<Self, DuplicateName> {
        let mut entries: Vec<_> = entries.collect();
        // The order of registration depends on the linker. Sorting by location too makes the
        // error about duplicates deterministic.
        entries.sort_by_key(|entry| (name(entry), location(entry)));
        refuse_duplicates(
            kind,
            entries.iter().map(|entry| (name(entry), location(entry))),
        )?;
        let by_name = entries.iter().map(|entry| (name(entry), *entry)).collect();
        Ok(Self { entries, by_name })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&'static E> {
        self.by_name.get(name).copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &'static E> {
        self.entries.iter().copied()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}
