//! Lists, statistics, and changes of many executions.

use std::collections::HashMap;
use std::time::Duration;

use rusqlite::{Result, Statement};

use crate::docket::backend::call::Admission;
use crate::docket::backend::sqlite::columns::{micros, moment, signed, size, state};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::root::ready_ranks;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::filter::{
    Change, Changed, ChangedPart, Cursor, Filter, Page, Range, Row,
};
use crate::docket::model::key::Name;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::stats::{HEAD, Stats, TaskStats};
use crate::docket::model::submission::Priority;

/// The maximum number of executions that one transaction examines, so that it does not keep the write lock for long.
const EXAMINED: usize = 4000;

/// The maximum number of executions that one transaction changes.
const CHANGED: usize = 500;

/// The reason of executions that were discarded.
const DISCARDED: &str = "discarded by request";

impl Store<'_> {
    pub(super) fn list(&self, filter: &Filter, range: Range, limit: usize) -> Result<Page> {
        let (ids, next) = self.matching(filter, range, limit)?;
        let mut executions = Vec::with_capacity(ids.len());
        for id in ids {
            if let Some(entry) = self.find(id)? {
                executions.push(self.on_wall(entry.record()));
            }
        }
        Ok(Page { executions, next })
    }

    /// Returns the first matching executions of the range, and the place at which the search has stopped; `None` at the
    /// end of the range.
    fn matching(
        &self,
        filter: &Filter,
        range: Range,
        limit: usize,
    ) -> Result<(Vec<ExecutionId>, Option<Cursor>)> {
        let mut query = self.examine(filter)?;
        let (first, last) = if filter.newest_first {
            (i64::MAX, i64::MIN)
        } else {
            (i64::MIN, i64::MAX)
        };
        let place = |at: Cursor| i64::try_from(at.0).unwrap_or(i64::MAX);
        let after = range.after.map_or(first, place);
        let until = range.until.map_or(last, place);
        let mut rows = query.query((after, until, signed(EXAMINED)))?;
        let (mut found, mut examined) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            examined += 1;
            let id: i64 = row.get(0)?;
            let place = row.get_ref(4)?.as_str()?;
            let candidate = Row {
                id: ExecutionId(id.cast_unsigned()),
                key: row.get_ref(1)?.as_str()?,
                task: row.get_ref(2)?.as_str()?,
                state: state(3, row.get_ref(3)?.as_str()?)?,
                is_dead_letter: place == "dead",
                submitted: self.wall(moment(row.get(5)?)),
                ended: row
                    .get::<_, Option<i64>>(6)?
                    .map(|ended| self.wall(moment(ended))),
            };
            if filter.matches(&candidate) {
                found.push(candidate.id);
            }
            if found.len() >= limit || examined >= EXAMINED {
                let next = Cursor(id.cast_unsigned());
                return Ok((found, Some(next)));
            }
        }
        Ok((found, None))
    }

    /// Prepares the query of the executions in a range of numbers. Dead letters have an index; everything else is read in
    /// the order of the table, from the given number on.
    fn examine(&self, filter: &Filter) -> Result<Statement<'_>> {
        const SELECT: &str =
            "SELECT id, key, task, state, place, submitted, ended FROM executions WHERE ";
        let range = if filter.newest_first {
            "id < ?1 AND id >= ?2 ORDER BY id DESC LIMIT ?3"
        } else {
            "id > ?1 AND id <= ?2 ORDER BY id LIMIT ?3"
        };
        let order = if filter.newest_first { " DESC" } else { "" };
        // The inner query reads only the index.
        let within = |place: &str| {
            format!(
                "id IN (SELECT id FROM executions WHERE place = '{place}' AND {range}) ORDER BY id{order}"
            )
        };
        let condition = if let Some(id) = filter.id {
            format!("id = {} AND {range}", id.0.cast_signed())
        } else if filter.dead_letters {
            within("dead")
        } else if filter.states == [ExecutionState::Running] {
            within("running")
        } else {
            range.to_owned()
        };
        self.sql.prepare(&format!("{SELECT}{condition}"))
    }

    pub(super) fn change(
        &mut self,
        change: Change,
        filter: &Filter,
        range: Range,
    ) -> Result<ChangedPart> {
        let last = Cursor(self.root.last_id.cast_unsigned());
        let (ids, next) = self.matching(filter, range, CHANGED)?;
        let mut changed = Changed::default();
        for id in ids {
            match self.change_one(change, id)? {
                Some(true) => changed.changed += 1,
                Some(false) => changed.skipped += 1,
                None => {}
            }
        }
        Ok(ChangedPart {
            changed,
            next,
            last,
        })
    }

    /// Returns whether the execution was changed; `None` if the change does not apply to it.
    fn change_one(&mut self, change: Change, id: ExecutionId) -> Result<Option<bool>> {
        let Some(entry) = self.find(id)? else {
            return Ok(None);
        };
        let is_dead_letter = entry.place == Place::Dead;
        let state = entry.machine.state();
        let row = Row {
            id,
            key: &entry.key,
            task: &entry.task,
            state,
            is_dead_letter,
            submitted: entry.submitted,
            ended: entry.ended,
        };
        if !change.applies_to(&row) {
            return Ok(None);
        }
        Ok(Some(match change {
            Change::Retry => matches!(self.retry(id)?, Some(Admission::Accepted(_))),
            Change::Discard if is_dead_letter => {
                self.keep_as_result(id)?;
                true
            }
            Change::Discard if state == ExecutionState::Running => {
                self.signal(entry, DISCARDED)?;
                true
            }
            Change::Discard => self.cancel_waiting(entry, DISCARDED)?,
            Change::Purge if entry.keep_until.is_some() => false,
            Change::Purge => {
                self.forget(&entry)?;
                true
            }
        }))
    }

    pub(super) fn stats(&mut self) -> Result<Stats> {
        // The steps of this transaction before this one count.
        self.counts.write(self.sql)?;
        let workers = self.worker_records()?.len();
        let mut stats = Stats {
            dead_letters: size(self.root.dead),
            pending_bytes: size(self.root.pending_bytes),
            result_bytes: size(self.root.ended_bytes),
            dead_letter_bytes: size(self.root.dead_bytes),
            workers,
            slots: self.slots()?,
            paused: self.root.paused,
            now: self.wall(self.now),
            tasks: self.task_stats()?,
            ..Stats::default()
        };
        let mut oldest: HashMap<Name, i64> = HashMap::new();
        for (task, due) in self.heads()? {
            let oldest = oldest.entry(task).or_insert(due);
            *oldest = due.min(*oldest);
        }
        for task in &mut stats.tasks {
            let due = oldest.get(&task.task);
            task.lag = due.map(|due| self.now.since(moment(*due)));
        }
        Ok(stats.complete())
    }

    fn task_stats(&self) -> Result<Vec<TaskStats>> {
        let mut query = self.sql.prepare_cached("SELECT * FROM tasks")?;
        let micros = |value: i64| Duration::from_micros(u64::try_from(value).unwrap_or_default());
        let rows = query.query_map([], |row| {
            let mut stats = TaskStats::new(Name::from(row.get_ref(0)?.as_str()?));
            for state in ExecutionState::ALL {
                *stats.counts.of_mut(state) = size(row.get(1 + state as usize)?);
            }
            stats.started = row.get::<_, i64>(8)?.cast_unsigned();
            stats.lateness = micros(row.get(9)?);
            stats.total_lateness = micros(row.get(10)?);
            Ok(stats)
        })?;
        rows.collect()
    }

    /// Returns the tasks and due times of the executions at the head of the queue.
    fn heads(&self) -> Result<Vec<(Name, i64)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT task, due FROM executions WHERE place = ?1 AND rank >= ?2 AND rank < ?3 ORDER BY rank LIMIT ?4",
        )?;
        let mut heads = Vec::new();
        let mut add = |place: Place, ranks: std::ops::Range<i64>, limit: usize| -> Result<()> {
            let values = (place.name(), ranks.start, ranks.end, signed(limit));
            let rows = query.query_map(values, |row| {
                Ok((Name::from(row.get_ref(0)?.as_str()?), row.get(1)?))
            })?;
            for row in rows {
                heads.push(row?);
            }
            Ok(())
        };
        for priority in [Priority::High, Priority::Normal, Priority::Low] {
            add(Place::Ready, ready_ranks(priority), HEAD)?;
        }
        if self.owners_wait()? {
            for owner in self.next_owners(HEAD)? {
                add(Place::ReadyOf(owner.into()), i64::MIN..i64::MAX, 1)?;
            }
        }
        Ok(heads)
    }

    /// Removes an execution from the dead letters and keeps it as an ordinary result.
    pub(super) fn keep_as_result(&mut self, id: ExecutionId) -> Result<()> {
        let Some(mut letter) = self.find(id)? else {
            return Ok(());
        };
        letter.place = Place::Ended;
        letter.rank = micros(self.now + self.options.result_ttl);
        self.clear_journal(&mut letter)?;
        letter.kept_bytes = letter.size_at_end(false);
        letter.new_payload = Some(bytes::Bytes::new());
        self.save(&mut letter)?;
        self.limit_kept()
    }
}
