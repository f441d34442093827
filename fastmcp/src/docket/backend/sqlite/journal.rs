//! Journals and suspensions: records entries, receives signals, and wakes suspended executions.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{number, signed};
use crate::docket::backend::sqlite::entry::Entry;
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::delivery::Lease;
use crate::docket::model::journal::{EntryKind, JournalEntry, Recorded, Sent, entry_size};
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::suspension::Suspension;
use crate::docket::model::time::When;

/// The values of `entries.kind`.
const RECORDED: i64 = 0;
const SIGNAL: i64 = 1;

impl Store<'_> {
    pub(super) fn record_entry(
        &mut self,
        lease: Lease,
        name: &str,
        value: &[u8],
    ) -> Result<Recorded> {
        let (id, token) = (number(lease.id.0), number(lease.token));
        let mut is_live = self.sql.prepare_cached(
            "SELECT 1 FROM executions WHERE id = ?1 AND token = ?2 AND state = 'running'",
        )?;
        if !is_live.exists((id, token))? {
            return Ok(Recorded::Fenced);
        }
        let mut present = self.sql.prepare_cached(
            "SELECT value = ?4 FROM entries WHERE execution = ?1 AND kind = ?2 AND name = ?3",
        )?;
        let present: Option<bool> = present
            .query_row((id, RECORDED, name, value), |row| row.get(0))
            .optional()?;
        match present {
            Some(true) => return Ok(Recorded::Done),
            Some(false) => return Ok(Recorded::Exists),
            None => {}
        }
        Ok(if self.add_entry(id, RECORDED, name, value)? {
            Recorded::Done
        } else {
            Recorded::Full
        })
    }

    /// Adds an entry to the journal. Returns false if it has no room.
    fn add_entry(&self, id: i64, kind: i64, name: &str, value: &[u8]) -> Result<bool> {
        // This statement touches no index.
        let mut count = self.sql.prepare_cached(
            "UPDATE executions SET entries = entries + 1, entry_bytes = entry_bytes + ?2 \
             WHERE id = ?1 AND entry_bytes + ?2 <= ?3",
        )?;
        let size = signed(entry_size(name, value));
        if count.execute((id, size, signed(self.options.max_journal)))? == 0 {
            return Ok(false);
        }
        let mut insert = self.sql.prepare_cached(
            "INSERT INTO entries SELECT id, entries, ?2, ?3, ?4 FROM executions WHERE id = ?1",
        )?;
        insert.execute((id, kind, name, value))?;
        Ok(true)
    }

    /// Returns the journal of an execution, in the order of the entries.
    pub(super) fn journal(&self, entry: &Entry) -> Result<Vec<JournalEntry>> {
        if entry.entries == 0 {
            return Ok(Vec::new());
        }
        let mut query = self.sql.prepare_cached(
            "SELECT kind, name, value FROM entries WHERE execution = ?1 ORDER BY number",
        )?;
        let rows = query.query_map([number(entry.id.0)], |row| {
            let kind = match row.get(0)? {
                RECORDED => EntryKind::Recorded,
                _ => EntryKind::Signal,
            };
            let name: Arc<str> = Arc::from(row.get_ref(1)?.as_str()?);
            let value = Bytes::copy_from_slice(row.get_ref(2)?.as_blob()?);
            Ok(JournalEntry::new(kind, name, value))
        })?;
        rows.collect()
    }

    /// Returns the bytes of the journal of an execution.
    pub(super) fn journal_bytes(&self, entry: &Entry) -> Result<i64> {
        if entry.entries == 0 {
            return Ok(0);
        }
        let mut query = self
            .sql
            .prepare_cached("SELECT entry_bytes FROM executions WHERE id = ?1")?;
        query.query_row([number(entry.id.0)], |row| row.get(0))
    }

    pub(super) fn clear_journal(&self, entry: &mut Entry) -> Result<()> {
        if std::mem::take(&mut entry.entries) == 0 {
            return Ok(());
        }
        let id = number(entry.id.0);
        self.sql
            .prepare_cached("DELETE FROM entries WHERE execution = ?1")?
            .execute([id])?;
        self.sql
            .prepare_cached("UPDATE executions SET entries = 0, entry_bytes = 0 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Gives the journal of a dead letter to its replay.
    pub(super) fn move_journal(&self, letter: &mut Entry, replay: ExecutionId) -> Result<()> {
        if letter.entries == 0 {
            return Ok(());
        }
        let (from, to) = (number(letter.id.0), number(replay.0));
        self.sql
            .prepare_cached("UPDATE entries SET execution = ?2 WHERE execution = ?1")?
            .execute((from, to))?;
        self.sql
            .prepare_cached(
                "UPDATE executions SET (entries, entry_bytes) = \
                 (SELECT entries, entry_bytes FROM executions WHERE id = ?1) WHERE id = ?2",
            )?
            .execute((from, to))?;
        self.clear_journal(letter)
    }

    pub(super) fn receive_signal(&mut self, key: &Key, name: &str, value: &[u8]) -> Result<Sent> {
        let Some((id, state)) = self.holder(key)? else {
            return Ok(Sent::Unknown);
        };
        if state.is_terminal() {
            return Ok(Sent::Unknown);
        }
        if !self.add_entry(number(id.0), SIGNAL, name, value)? {
            return Ok(Sent::Full);
        }
        let mut wakes = self
            .sql
            .prepare_cached("SELECT wakes_on_signal FROM executions WHERE id = ?1")?;
        let wakes: bool = wakes.query_row([number(id.0)], |row| row.get(0))?;
        if wakes && let Some(entry) = self.find(id)? {
            self.wake(entry)?;
        }
        Ok(Sent::Stored)
    }

    /// Parks an execution until one of the events of its suspension, or queues it if one has already happened.
    pub(super) fn suspend(&mut self, mut entry: Entry, suspension: &Suspension) -> Result<()> {
        if let Some(note) = &suspension.note {
            entry.note = Some(note.clone());
        }
        entry.place = Place::Parked;
        entry.rank = 0;
        entry.wall_due = None;
        let id = number(entry.id.0);
        let mut forget = self
            .sql
            .prepare_cached("DELETE FROM waits WHERE waiter = ?1")?;
        forget.execute([id])?;
        let mut is_waiting = false;
        for awaited in &suspension.executions {
            // A row for every execution that has not ended. `end` looks for them only if the column is set.
            let mut mark = self.sql.prepare_cached(
                "UPDATE executions SET awaited = 1 WHERE id = ?1 \
                 AND state IN ('scheduled', 'queued', 'running')",
            )?;
            if mark.execute([number(*awaited)])? == 1 {
                let mut add = self
                    .sql
                    .prepare_cached("INSERT OR IGNORE INTO waits VALUES (?1, ?2)")?;
                add.execute((id, number(*awaited)))?;
                is_waiting = true;
            }
        }
        let mut update = self
            .sql
            .prepare_cached("UPDATE executions SET wakes_on_signal = ?2 WHERE id = ?1")?;
        update.execute((id, suspension.signals))?;
        drop(update);
        let have_ended = !is_waiting && !suspension.executions.is_empty();
        let has_news = suspension.signals && entry.entries > signed(suspension.known_entries);
        if have_ended || has_news {
            return self.wake(entry);
        }
        if let Some(due) = suspension.due {
            self.set_due(&mut entry, When::At(due));
            if entry.due <= self.now {
                return self.wake(entry);
            }
            let due = entry.due;
            self.wait_until(&mut entry, Place::Sleeping, due);
        }
        self.announce(&mut entry);
        self.save(&mut entry)
    }

    /// Queues a parked execution, and saves it.
    pub(super) fn wake(&mut self, mut entry: Entry) -> Result<()> {
        if entry.machine.wake().is_ok() {
            entry.due = self.now;
            entry.wall_due = None;
            let mut update = self.sql.prepare_cached(
                "UPDATE executions SET wakes_on_signal = 0 WHERE id = ?1 AND wakes_on_signal = 1",
            )?;
            update.execute([number(entry.id.0)])?;
            drop(update);
            self.enqueue(&mut entry);
        }
        self.announce(&mut entry);
        self.save(&mut entry)
    }

    /// Wakes the executions that have waited only for the end of this one.
    pub(super) fn wake_waiters(&mut self, ended: ExecutionId) -> Result<()> {
        let id = number(ended.0);
        let mut query = self
            .sql
            .prepare_cached("SELECT waiter FROM waits WHERE execution = ?1 ORDER BY waiter")?;
        let rows = query.query_map([id], |row| row.get::<_, i64>(0))?;
        let waiters = rows.collect::<Result<Vec<i64>>>()?;
        drop(query);
        self.sql
            .prepare_cached("DELETE FROM waits WHERE execution = ?1")?
            .execute([id])?;
        for waiter in waiters {
            let mut others = self
                .sql
                .prepare_cached("SELECT 1 FROM waits WHERE waiter = ?1")?;
            let is_last = !others.exists([waiter])?;
            drop(others);
            // Another event may have woken the waiter, or it has ended; then it is not parked.
            if is_last
                && let Some(entry) = self.find(ExecutionId(waiter.cast_unsigned()))?
                && entry.machine.is_parked()
            {
                self.wake(entry)?;
            }
        }
        Ok(())
    }
}
