//! Admits submissions: checks keys in use, replacements, cooldowns and the capacity.

use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::call::Admission;
use crate::docket::backend::sqlite::columns::{micros, number, signed};
use crate::docket::backend::sqlite::entry::Entry;
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::{Cancelled, ExecutionState};
use crate::docket::model::submission::{OnConflict, Submission, WhileRunning};
use crate::docket::model::time::{Timestamp, When};

/// The reason of executions that were replaced.
const REPLACED: &str = "replaced by a later submission under the same key";

impl Store<'_> {
    pub(super) fn admit(&mut self, mut submission: Submission) -> Result<Admission> {
        let key = submission.key.get_or_insert_with(Key::unique).clone();
        let submission = match self.accept_under_free_key(submission)? {
            Ok(id) => return Ok(Admission::Accepted(id)),
            Err(submission) => submission,
        };
        if let Some(existing) = self.cooling(&submission)? {
            return Ok(Admission::Existing(existing));
        }
        let Some((id, state)) = self.holder(&key)? else {
            return self.accept(submission, None);
        };
        if state.is_terminal() {
            return self.accept(submission, Some(id));
        }
        match (submission.conflict, state) {
            (OnConflict::Keep, _) => Ok(Admission::Existing(id)),
            (OnConflict::Replace(WhileRunning::Reject), ExecutionState::Running) => {
                Ok(Admission::Running(id))
            }
            (OnConflict::Replace(rule), ExecutionState::Running) => {
                self.accept_behind(id, rule, submission)
            }
            (OnConflict::Replace(_), _) => {
                if let Some(entry) = self.find(id)? {
                    self.cancel_waiting(entry, REPLACED)?;
                }
                self.accept(submission, Some(id))
            }
        }
    }

    /// Accepts a submission without limits and parent if its key has never been used and the docket has room; otherwise
    /// returns it. Most submissions are like that, so their row is written before the key is looked up: the index of
    /// the keys refuses a key in use.
    fn accept_under_free_key(
        &mut self,
        submission: Submission,
    ) -> Result<std::result::Result<ExecutionId, Submission>> {
        let is_plain = submission.limits.is_none() && submission.parent.is_none();
        if !is_plain || self.full(&submission)?.is_some() {
            return Ok(Err(submission));
        }
        let mut entry = self.create(submission.clone())?;
        self.enqueue(&mut entry);
        if !entry.insert(self.sql, true)? {
            return Ok(Err(submission));
        }
        self.count_new(&entry)?;
        Ok(Ok(entry.id))
    }

    /// Returns the execution whose cooldown covers the submission. An execution that was cancelled before its first
    /// run, or that the submission replaces before its first run, does not count: there is still only one run.
    fn cooling(&self, submission: &Submission) -> Result<Option<ExecutionId>> {
        let Some(cooldown) = submission
            .limits
            .as_ref()
            .and_then(|limits| limits.cooldown.as_ref())
        else {
            return Ok(None);
        };
        let Some(id) = self.cooldown(cooldown)? else {
            return Ok(None);
        };
        let Some(entry) = self.find(id)? else {
            // The record is deleted, but the cooldown lasts its full time.
            return Ok(Some(id));
        };
        let never_ran = entry.machine.token() == 0;
        let was_withdrawn = never_ran && entry.machine.state() == ExecutionState::Cancelled;
        let is_replaced = never_ran
            && Some(&entry.key) == submission.key.as_ref()
            && matches!(submission.conflict, OnConflict::Replace(_));
        Ok((!was_withdrawn && !is_replaced).then_some(id))
    }

    /// Accepts a submission. `previous` is the ended execution that held the key last.
    fn accept(
        &mut self,
        submission: Submission,
        previous: Option<ExecutionId>,
    ) -> Result<Admission> {
        if let Some(full) = self.full(&submission)? {
            return Ok(full);
        }
        if let Some(previous) = previous {
            self.set_holder(previous, false)?;
        }
        let mut entry = self.create(submission)?;
        self.adopt(&mut entry)?;
        self.enqueue(&mut entry);
        self.insert(entry, true).map(Admission::Accepted)
    }

    pub(super) fn set_holder(&self, id: ExecutionId, holds_key: bool) -> Result<()> {
        let mut update = self
            .sql
            .prepare_cached("UPDATE executions SET holds_key = ?2 WHERE id = ?1")?;
        update.execute((number(id.0), holds_key))?;
        Ok(())
    }

    /// Accepts a replacement that waits until `running` has settled. It also replaces an earlier waiting replacement.
    fn accept_behind(
        &mut self,
        running: ExecutionId,
        rule: WhileRunning,
        submission: Submission,
    ) -> Result<Admission> {
        let earlier = match self.find(running)?.and_then(|running| running.successor) {
            Some(earlier) => self.find(earlier)?,
            None => None,
        };
        match earlier {
            Some(earlier) => drop(self.cancel_waiting(earlier, REPLACED)?),
            None => {
                if let Some(full) = self.full(&submission)? {
                    return Ok(full);
                }
            }
        }
        let mut entry = self.create(submission)?;
        self.adopt(&mut entry)?;
        entry.place = Place::Behind;
        entry.behind = Some(running);
        let id = self.insert(entry, false)?;
        // Read again: cancelling the earlier replacement has changed it.
        if let Some(mut running) = self.find(running)? {
            running.successor = Some(id);
            self.save(&mut running)?;
            if rule == WhileRunning::CancelPrevious {
                self.signal(running, REPLACED)?;
            }
        }
        Ok(Admission::Accepted(id))
    }

    /// Creates the entry, and starts its cooldown. The caller puts it into a place.
    fn create(&mut self, submission: Submission) -> Result<Entry> {
        let when = submission.when;
        let id = ExecutionId(self.root.next_id(self.now));
        // 0 means "not set" for callers, so the earliest due time is 1.
        let due = match when {
            When::At(moment) => self.docket_time(moment),
            _ => when.due(self.now).max(Timestamp::from_micros(1)),
        };
        let mut entry = Entry::new(id, submission, due, self.now);
        if let When::At(moment) = when
            && due > self.now
        {
            entry.wall_due = Some(moment);
        }
        if let Some(cooldown) = entry
            .limits
            .as_ref()
            .and_then(|limits| limits.cooldown.as_ref())
        {
            self.cool(cooldown, due.max(self.now) + cooldown.quiet, id)?;
        }
        Ok(entry)
    }

    fn insert(&mut self, mut entry: Entry, holds_key: bool) -> Result<ExecutionId> {
        entry.insert(self.sql, holds_key)?;
        self.count_new(&entry)?;
        Ok(entry.id)
    }

    fn count_new(&mut self, entry: &Entry) -> Result<()> {
        self.count(&entry.task, entry.stored(), 1);
        self.root.pending_bytes += signed(entry.size);
        self.count_for_owner(entry, None, entry.stored())?;
        if let Some(until) = entry.keep_until {
            self.effects.set_timer(until);
        }
        Ok(())
    }

    fn full(&self, submission: &Submission) -> Result<Option<Admission>> {
        let options = self.options;
        let capacity = options.capacity;
        let pending = self.root.pending();
        if pending >= capacity {
            return Ok(Some(Admission::Full { capacity }));
        }
        if self.root.pending_bytes + signed(submission.size()) > signed(options.capacity_bytes) {
            return Ok(Some(Admission::OutOfSpace {
                capacity_bytes: options.capacity_bytes,
                pending,
            }));
        }
        let Some(owner) = &submission.owner else {
            return Ok(None);
        };
        let mut query = self
            .sql
            .prepare_cached("SELECT pending FROM owners WHERE owner = ?1")?;
        let owned: Option<i64> = query.query_row([&**owner], |row| row.get(0)).optional()?;
        let limit = options.owner_capacity;
        let is_full = owned.unwrap_or_default() >= signed(limit);
        Ok(is_full.then_some(Admission::OwnerFull { limit }))
    }

    /// Marks a running execution as cancelled, and signals its worker.
    pub(super) fn signal(&mut self, mut entry: Entry, reason: &str) -> Result<()> {
        if entry.machine.is_cancelling() || entry.machine.cancel() != Cancelled::Signalled {
            return Ok(());
        }
        entry.reason = Some(reason.to_owned());
        self.announce(&mut entry);
        self.save(&mut entry)?;
        self.effects.signalled = true;
        self.orphan_children(&entry);
        Ok(())
    }

    /// Cancels a scheduled or queued execution. Returns false for any other.
    pub(super) fn cancel_waiting(&mut self, mut entry: Entry, reason: &str) -> Result<bool> {
        if entry.machine.state() == ExecutionState::Running
            || entry.machine.cancel() != Cancelled::Removed
        {
            return Ok(false);
        }
        entry.reason = Some(reason.to_owned());
        entry.offered_to = None;
        if let Some(running) = entry.behind.take()
            && let Some(mut running) = self.find(running)?
        {
            running.successor = None;
            self.save(&mut running)?;
        }
        let limits = entry.limits.take();
        self.end(entry, false)?;
        // The execution may have been released for a free slot of its lane, which now goes to the next one. Only after
        // the end, which takes the execution out of the lane's queue.
        if let Some(limits) = limits {
            self.release_next(&limits)?;
        }
        Ok(true)
    }

    /// Sets the due time of an execution that runs again.
    pub(super) fn set_due(&self, entry: &mut Entry, when: When) {
        match when {
            When::At(moment) => {
                entry.due = self.docket_time(moment);
                entry.wall_due = (entry.due > self.now).then_some(moment);
            }
            _ => {
                entry.due = when.due(self.now).max(Timestamp::from_micros(1));
                entry.wall_due = None;
            }
        }
    }

    /// Moves the due times that a caller or a timetable has set, after the wall clock was stepped.
    pub(super) fn follow_wall_clock(&mut self, skew: i64) -> Result<()> {
        if skew == self.root.clock_skew {
            return Ok(());
        }
        self.root.clock_skew = skew;
        let mut update = self.sql.prepare_cached(
            "UPDATE executions SET due = max(wall_due - ?1, 1), \
             rank = CASE place WHEN 'behind' THEN rank ELSE max(wall_due - ?1, 1) END \
             WHERE place IN ('later', 'sleeping', 'behind') AND wall_due IS NOT NULL",
        )?;
        update.execute([skew])?;
        self.effects.set_timer(Timestamp::EPOCH);
        Ok(())
    }

    /// Returns whether an execution waits for a time on the wall clock.
    pub(super) fn waits_for_wall_clock(&self) -> Result<bool> {
        let mut query = self.sql.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM executions WHERE place IN ('later', 'sleeping') AND wall_due IS NOT NULL)",
        )?;
        query.query_row([], |row| row.get(0))
    }

    /// Returns the time of the clock for a column.
    pub(super) fn now_micros(&self) -> i64 {
        micros(self.now)
    }
}
