//! Journals and suspensions: records entries, receives signals, and wakes suspended executions.

use std::collections::HashSet;

use bytes::Bytes;

use crate::docket::backend::memory::entry::{Entry, Waits};
use crate::docket::backend::memory::store::Store;
use crate::docket::model::delivery::Lease;
use crate::docket::model::journal::{EntryKind, JournalEntry, Recorded, Sent, entry_size};
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::suspension::Suspension;
use crate::docket::model::time::{Timestamp, When};

impl Store {
    pub(super) fn record(&mut self, lease: Lease, name: &str, value: Bytes) -> Recorded {
        let max_journal = self.options.max_journal;
        let Some(entry) = self.slab.get_mut(lease.id) else {
            return Recorded::Fenced;
        };
        if entry.machine.check_token(lease.token).is_err() {
            return Recorded::Fenced;
        }
        let recorded = entry.journal().iter();
        let mut recorded = recorded.filter(|entry| entry.kind == EntryKind::Recorded);
        if let Some(present) = recorded.find(|entry| &*entry.name == name) {
            return if present.value == value {
                Recorded::Done
            } else {
                Recorded::Exists
            };
        }
        if !has_room(entry, name, &value, max_journal) {
            return Recorded::Full;
        }
        let new = JournalEntry::new(EntryKind::Recorded, name, value);
        entry.extra().journal.push(new);
        Recorded::Done
    }

    pub(super) fn receive_signal(
        &mut self,
        key: &Key,
        name: &str,
        value: Bytes,
        now: Timestamp,
    ) -> Sent {
        let max_journal = self.options.max_journal;
        let Some(id) = self.keys.get(key).copied() else {
            return Sent::Unknown;
        };
        let Some(entry) = self.slab.get_mut(id) else {
            return Sent::Unknown;
        };
        if entry.machine.state().is_terminal() {
            return Sent::Unknown;
        }
        if !has_room(entry, name, &value, max_journal) {
            return Sent::Full;
        }
        let new = JournalEntry::new(EntryKind::Signal, name, value);
        entry.extra().journal.push(new);
        if entry.machine.is_parked() && entry.extra().waits.signals {
            self.wake(id, now);
        }
        Sent::Stored
    }

    /// Parks an execution until one of the events of its suspension, or queues it if one has already happened.
    pub(super) fn suspend(&mut self, id: ExecutionId, suspension: &Suspension, now: Timestamp) {
        let executions: HashSet<ExecutionId> = suspension
            .executions
            .iter()
            .map(|id| ExecutionId(*id))
            .filter(|id| {
                let awaited = self.slab.get(*id);
                awaited.is_some_and(|entry| !entry.machine.state().is_terminal())
            })
            .collect();
        let have_ended = executions.is_empty() && !suspension.executions.is_empty();
        for awaited in &executions {
            if let Some(awaited) = self.slab.get_mut(*awaited)
                && !awaited.extra().awaited_by.contains(&id)
            {
                awaited.extra().awaited_by.push(id);
            }
        }
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if let Some(note) = &suspension.note {
            entry.extra().note = Some(note.clone());
        }
        // Invalidates the timetable items of earlier runs.
        entry.wake_at = Timestamp::EPOCH;
        let has_news = suspension.signals && entry.journal().len() > suspension.known_entries;
        entry.extra().waits = Waits {
            signals: suspension.signals,
            executions,
        };
        if has_news || have_ended {
            self.wake(id, now);
            return;
        }
        if let Some(due) = suspension.due {
            let due = self.due_at(id, When::At(due), now);
            if due <= now {
                self.wake(id, now);
                return;
            }
            if let Some(entry) = self.slab.get_mut(id) {
                entry.due = due;
            }
            self.wake_at(due, id);
        }
        if let Some(entry) = self.slab.get_mut(id) {
            entry.announce(id, now);
        }
    }

    /// Queues a parked execution.
    pub(super) fn wake(&mut self, id: ExecutionId, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.machine.wake().is_err() {
            return;
        }
        entry.due = now;
        entry.extra().waits = Waits::default();
        let is_in_timetable = std::mem::take(&mut entry.wake_at) != Timestamp::EPOCH;
        entry.announce(id, now);
        self.on_wall_clock.remove(&id);
        if is_in_timetable {
            self.count_stale_item();
        }
        self.enqueue(id, now);
    }

    /// Wakes the executions that have waited only for the end of this one.
    pub(super) fn wake_waiters(
        &mut self,
        id: ExecutionId,
        waiters: Vec<ExecutionId>,
        now: Timestamp,
    ) {
        for waiter in waiters {
            // A waiter that was woken by another event, or has ended, no longer waits for this execution.
            let is_last = self.slab.get_mut(waiter).is_some_and(|entry| {
                entry.machine.is_parked() && {
                    let executions = &mut entry.extra().waits.executions;
                    executions.remove(&id) && executions.is_empty()
                }
            });
            if is_last {
                self.wake(waiter, now);
            }
        }
    }
}

fn has_room(entry: &Entry, name: &str, value: &Bytes, max_journal: usize) -> bool {
    let present: usize = entry.journal().iter().map(JournalEntry::size).sum();
    present + entry_size(name, value) <= max_journal
}
