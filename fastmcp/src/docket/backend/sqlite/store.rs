//! [`Store`]: the steps of one transaction, and the changes that the passing of time causes.
//!
//! The sibling files implement the other steps. The state machine decides; the statements only read and write rows.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Result};

use crate::docket::backend::sqlite::columns::{micros, moment, number, signed, state};
use crate::docket::backend::sqlite::counts::Counts;
use crate::docket::backend::sqlite::effects::{Effect, Effects};
use crate::docket::backend::sqlite::entry::{Entry, Stored};
use crate::docket::backend::sqlite::local::Local;
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::root::{Root, ready_rank};
use crate::docket::events::Event;
use crate::docket::model::key::Name;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::Timestamp;

/// The docket during one transaction.
pub(super) struct Store<'a> {
    pub(super) sql: &'a Connection,
    pub(super) options: &'a DocketOptions,
    pub(super) root: Root,
    pub(super) now: Timestamp,
    pub(super) local: &'a mut Local,
    pub(super) effects: Effects,
    pub(super) counts: Counts,
    /// The struck tasks, once they have been read.
    pub(super) struck: Option<HashSet<Name>>,
    /// `true` if a lane has put an execution at the head of the ready queue.
    pub(super) was_released: bool,
    /// The executions whose children are to be cancelled, with their keys.
    pub(super) orphans: Vec<(ExecutionId, String)>,
}

/// The maximum number of timers of one kind per transaction, so that a backlog does not keep the write lock. The next
/// transaction continues.
const MAX_DUE: i64 = 1000;

/// The reason of executions that were cancelled at the end of their retention.
const RETENTION_ENDED: &str = "its retention period ended";

impl<'a> Store<'a> {
    pub(super) fn new(
        sql: &'a Connection,
        options: &'a DocketOptions,
        root: Root,
        now: Timestamp,
        local: &'a mut Local,
    ) -> Self {
        Self {
            sql,
            options,
            root,
            now,
            local,
            effects: Effects::default(),
            counts: Counts::default(),
            struck: None,
            was_released: false,
            orphans: Vec::new(),
        }
    }

    /// Applies the effects of time: due times, expired leases, expired records and ended retention periods. Every
    /// transaction starts with it, so that it acts on the current state.
    pub(super) fn pass_time(&mut self) -> Result<()> {
        if self.next_moment()?.is_none_or(|next| next > self.now) {
            return Ok(());
        }
        for entry in self.due(&["later", "sleeping", "timed", "offered"])? {
            self.become_due(entry)?;
        }
        for entry in self.due(&["running"])? {
            self.lose_lease(entry)?;
        }
        self.delete_expired()?;
        self.end_retention()
    }

    /// Returns the next time at which `pass_time` has work to do.
    pub(super) fn next_moment(&self) -> Result<Option<Timestamp>> {
        let mut query = self.sql.prepare_cached(
            "SELECT min(at) FROM (\
             SELECT min(rank) AS at FROM executions WHERE place = 'later' UNION ALL \
             SELECT min(rank) FROM executions WHERE place = 'sleeping' UNION ALL \
             SELECT min(rank) FROM executions WHERE place = 'timed' UNION ALL \
             SELECT min(rank) FROM executions WHERE place = 'offered' UNION ALL \
             SELECT min(rank) FROM executions WHERE place = 'running' UNION ALL \
             SELECT min(rank) + ?1 FROM executions WHERE place = 'ended' UNION ALL \
             SELECT min(rank) FROM executions WHERE place = 'dead' UNION ALL \
             SELECT min(alarm) FROM executions WHERE alarm IS NOT NULL)",
        )?;
        // Deleting results is not urgent. The slack allows one wake-up to delete many of them.
        let slack = (self.options.result_ttl / 8).min(Duration::from_mins(1));
        let slack = i64::try_from(slack.as_micros()).unwrap_or_default();
        let next: Option<i64> = query.query_row([slack], |row| row.get(0))?;
        Ok(next.filter(|at| *at != i64::MAX).map(moment))
    }

    /// Returns the executions of these places whose timers have elapsed, in the order of the timers.
    fn due(&self, places: &[&str]) -> Result<Vec<Entry>> {
        let mut query = self.sql.prepare_cached(
            "SELECT rank, id FROM executions WHERE place = ?1 AND rank <= ?2 ORDER BY rank, id LIMIT ?3",
        )?;
        let mut due: Vec<(i64, i64)> = Vec::new();
        for place in places {
            let rows = query.query_map((place, micros(self.now), MAX_DUE), |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
            for row in rows {
                due.push(row?);
            }
        }
        due.sort_unstable();
        let mut entries = Vec::with_capacity(due.len());
        for (_, id) in due {
            entries.extend(self.find(ExecutionId(id.cast_unsigned()))?);
        }
        Ok(entries)
    }

    fn become_due(&mut self, mut entry: Entry) -> Result<()> {
        if let Some(worker) = entry.offered_to.clone() {
            return self.check_offer(entry, &worker);
        }
        if entry.machine.is_parked() {
            return self.wake(entry);
        }
        let is_new_state = entry.machine.become_due().is_ok();
        entry.wall_due = None;
        self.push_back(&mut entry);
        if is_new_state {
            self.announce(&mut entry);
        }
        self.save(&mut entry)
    }

    fn delete_expired(&mut self) -> Result<()> {
        for place in ["ended", "dead"] {
            let mut query = self.sql.prepare_cached(
                "SELECT id FROM executions WHERE place = ?1 AND rank <= ?2 ORDER BY rank LIMIT ?3",
            )?;
            let rows = query.query_map((place, micros(self.now), MAX_DUE), |row| row.get(0))?;
            let expired = rows.collect::<Result<Vec<i64>>>()?;
            drop(query);
            for id in expired {
                self.delete(id)?;
            }
        }
        self.limit_kept()
    }

    /// Deletes the oldest results and dead letters beyond the docket's limits of their number and bytes.
    pub(super) fn limit_kept(&mut self) -> Result<()> {
        let options = self.options;
        for place in [Place::Ended, Place::Dead] {
            let (capacity, capacity_bytes) = match place {
                Place::Ended => (options.result_capacity, options.result_bytes),
                _ => (options.dead_letter_capacity, options.dead_letter_bytes),
            };
            let (capacity, capacity_bytes) = (signed(capacity), signed(capacity_bytes));
            let is_full = |root: &Root| match place {
                Place::Ended => root.ended > capacity || root.ended_bytes > capacity_bytes,
                _ => root.dead > capacity || root.dead_bytes > capacity_bytes,
            };
            if !is_full(&self.root) {
                continue;
            }
            let mut query = self.sql.prepare_cached(
                "SELECT id FROM executions WHERE place = ?1 ORDER BY rank, id LIMIT ?2",
            )?;
            let rows = query.query_map((place.name(), MAX_DUE), |row| row.get(0))?;
            let oldest = rows.collect::<Result<Vec<i64>>>()?;
            drop(query);
            for id in oldest {
                if !is_full(&self.root) {
                    break;
                }
                self.delete(id)?;
            }
        }
        Ok(())
    }

    /// Deletes executions whose retention period is over. Executions that have not ended are cancelled first.
    fn end_retention(&mut self) -> Result<()> {
        let mut query = self.sql.prepare_cached(
            "SELECT id FROM executions WHERE alarm <= ?1 AND alarm IS NOT NULL ORDER BY alarm LIMIT ?2",
        )?;
        let rows = query.query_map((micros(self.now), MAX_DUE), |row| row.get(0))?;
        let elapsed = rows.collect::<Result<Vec<i64>>>()?;
        for id in elapsed {
            let mut clear = self
                .sql
                .prepare_cached("UPDATE executions SET alarm = NULL WHERE id = ?1")?;
            clear.execute([id])?;
            let Some(entry) = self.find(ExecutionId(id.cast_unsigned()))? else {
                continue;
            };
            match entry.machine.state() {
                ExecutionState::Running => self.signal(entry, RETENTION_ENDED)?,
                state if state.is_terminal() => self.forget(&entry)?,
                // `end` deletes it.
                _ => drop(self.cancel_waiting(entry, RETENTION_ENDED)?),
            }
        }
        Ok(())
    }

    pub(super) fn find(&self, id: ExecutionId) -> Result<Option<Entry>> {
        Entry::find(self.sql, id)
    }

    /// Returns the number and state of the execution that holds the key now, or held it last.
    pub(super) fn holder(&self, key: &str) -> Result<Option<(ExecutionId, ExecutionState)>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT id, state FROM executions WHERE key = ?1 AND holds_key = 1")?;
        query
            .query_row([key], |row| {
                let state = state(1, row.get_ref(1)?.as_str()?)?;
                Ok((ExecutionId(row.get::<_, i64>(0)?.cast_unsigned()), state))
            })
            .optional()
    }

    /// Writes the row of an entry, and counts it.
    pub(super) fn save(&mut self, entry: &mut Entry) -> Result<()> {
        let before = entry.update(self.sql)?;
        self.count(&entry.task, before.as_ref(), -1);
        self.count(&entry.task, entry.stored(), 1);
        self.count_for_owner(entry, before.as_ref(), entry.stored())
    }

    /// Counts the values of a row, or, with -1, takes them out of the counters.
    pub(super) fn count(&mut self, task: &Name, row: Option<&Stored>, by: i64) {
        if let Some(row) = row {
            self.root.count(row.state, &row.place, row.kept_bytes, by);
            self.counts.count(task, row.state, by);
        }
    }

    /// Sets the time of the last change, and prepares the event for subscribers of this process. Called after every
    /// change and before `save`.
    pub(super) fn announce(&mut self, entry: &mut Entry) {
        entry.updated = self.now;
        self.effects.changed = true;
        if self.local.watches.contains(entry.id) {
            let record = self.on_wall(entry.record());
            let event = Event::State(Arc::new(record));
            self.effects.events.push(Effect::Send(entry.id, event));
        }
    }

    /// Puts a waiting execution into the timetable if it is due later, or else into the ready queue.
    pub(super) fn enqueue(&mut self, entry: &mut Entry) {
        if entry.machine.state() == ExecutionState::Scheduled {
            if entry.due > self.now {
                self.wait_until(entry, Place::Later, entry.due);
                return;
            }
            // Cannot fail, because the execution is scheduled and callers do not pass parked ones.
            let _ = entry.machine.become_due();
            entry.wall_due = None;
        }
        self.push_back(entry);
    }

    /// Puts an execution into a place whose timer elapses at `at`.
    pub(super) fn wait_until(&mut self, entry: &mut Entry, place: Place, at: Timestamp) {
        entry.place = place;
        entry.rank = micros(at);
        self.effects.set_timer(at);
    }

    pub(super) fn push_back(&mut self, entry: &mut Entry) {
        entry.place = ready_place(entry);
        entry.rank = ready_rank(entry.priority, self.root.back());
        self.effects.ready = true;
    }

    /// Puts an execution at the head of its queue, because it has already waited once.
    pub(super) fn push_front(&mut self, entry: &mut Entry) {
        entry.place = ready_place(entry);
        entry.rank = ready_rank(entry.priority, self.root.front());
        self.effects.ready = true;
    }

    /// Deletes the record of an execution.
    pub(super) fn forget(&mut self, entry: &Entry) -> Result<()> {
        self.count_for_owner(entry, entry.stored(), None)?;
        self.delete(number(entry.id.0))
    }

    /// Deletes a row, and takes it out of the counters.
    pub(super) fn delete(&mut self, id: i64) -> Result<()> {
        let mut delete = self.sql.prepare_cached(
            "DELETE FROM executions WHERE id = ?1 RETURNING task, state, place, kept_bytes",
        )?;
        let deleted = delete
            .query_row([id], |row| {
                let stored = Stored {
                    state: state(1, row.get_ref(1)?.as_str()?)?,
                    place: Place::from_name(row.get_ref(2)?.as_str()?),
                    kept_bytes: row.get(3)?,
                };
                Ok((Name::from(row.get_ref(0)?.as_str()?), stored))
            })
            .optional()?;
        drop(delete);
        if let Some((task, stored)) = deleted {
            self.count(&task, Some(&stored), -1);
        }
        Ok(())
    }

    /// Converts the moments of a record to the wall clock.
    pub(super) fn on_wall(&self, mut record: Record) -> Record {
        if self.root.clock_skew != 0 {
            for moment in [
                Some(&mut record.submitted),
                Some(&mut record.due),
                Some(&mut record.updated),
                record.started.as_mut(),
                record.ended.as_mut(),
            ]
            .into_iter()
            .flatten()
            {
                *moment = self.wall(*moment);
            }
        }
        record
    }

    /// Returns the wall clock's time at a moment of the docket's clock.
    pub(super) fn wall(&self, moment: Timestamp) -> Timestamp {
        match moment {
            Timestamp::EPOCH | Timestamp::MAX => moment,
            _ => shifted(moment, self.root.clock_skew),
        }
    }

    /// Returns the docket's time at a moment of the wall clock.
    pub(super) fn docket_time(&self, moment: Timestamp) -> Timestamp {
        shifted(moment, self.root.clock_skew.saturating_neg()).max(Timestamp::from_micros(1))
    }
}

fn ready_place(entry: &Entry) -> Place {
    match &entry.owner {
        Some(owner) => Place::ReadyOf(owner.clone()),
        None => Place::Ready,
    }
}

fn shifted(moment: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_micros(moment.as_micros().saturating_add_signed(by))
}
