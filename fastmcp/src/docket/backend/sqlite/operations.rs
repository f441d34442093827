//! Operations on the docket as a whole, and on executions from outside of their runs.

use bytes::Bytes;
use rusqlite::{OptionalExtension, Result};

use crate::docket::backend::call::{Admission, Amended, Settled, Target};
use crate::docket::backend::sqlite::columns::{json, number, signed, size};
use crate::docket::backend::sqlite::effects::{Effect, Subscription};
use crate::docket::backend::sqlite::entry::{Entry, columns};
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::events::Event;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::{Cancelled, ExecutionState};
use crate::docket::model::submission::{Limits, Submission};
use crate::docket::model::time::When;

/// Selects the executions that have not ended, and the dead letters. Ranges, so that SQLite reads the index by place and
/// skips the results.
macro_rules! not_ended {
    () => {
        "SELECT id FROM (SELECT id FROM executions WHERE place < 'ended' UNION ALL \
         SELECT id FROM executions WHERE place > 'ended' AND place < 'kept' UNION ALL \
         SELECT id FROM executions WHERE place > 'kept')"
    };
}

impl Store<'_> {
    pub(super) fn locate(&self, target: &Target) -> Result<Option<Entry>> {
        match target {
            Target::Key(key) => match self.holder(key)? {
                Some((id, _)) => self.find(id),
                None => Ok(None),
            },
            Target::Id(id) => self.find(*id),
        }
    }

    pub(super) fn record(&self, target: &Target) -> Result<Option<Record>> {
        let entry = self.locate(target)?;
        Ok(entry.map(|entry| self.on_wall(entry.record())))
    }

    /// Returns the envelope of an execution that has not ended, or of a dead letter.
    pub(super) fn envelope(&self, id: ExecutionId) -> Result<Option<Bytes>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT payload FROM executions WHERE id = ?1")?;
        let envelope = query.query_row([id.0.cast_signed()], |row| {
            let payload = row.get_ref(0)?.as_blob_or_null()?.unwrap_or_default();
            Ok(Bytes::copy_from_slice(payload))
        });
        Ok(envelope.optional()?.filter(|envelope| !envelope.is_empty()))
    }

    /// Returns the record, and the place for the stream of its events; none if it has ended.
    pub(super) fn watch(
        &mut self,
        target: &Target,
    ) -> Result<Option<(Record, Option<Subscription>)>> {
        let Some(record) = self.record(target)? else {
            return Ok(None);
        };
        if record.state.is_terminal() {
            return Ok(Some((record, None)));
        }
        self.local.watches.open(&record);
        let subscription = Subscription::default();
        let effect = Effect::Subscribe(Box::new(record.clone()), subscription.clone());
        self.effects.events.push(effect);
        Ok(Some((record, Some(subscription))))
    }

    pub(super) fn cancel(&mut self, key: &Key, reason: &str) -> Result<Cancelled> {
        let Some(entry) = self.locate(&Target::Key(key.clone()))? else {
            return Ok(Cancelled::Unknown);
        };
        if entry.machine.state().is_terminal() {
            return Ok(Cancelled::Unknown);
        }
        if entry.is_waiting() {
            self.cancel_waiting(entry, reason)?;
            return Ok(Cancelled::Removed);
        }
        let id = entry.id;
        if let Some(successor) = entry.successor
            && let Some(successor) = self.find(successor)?
        {
            self.cancel_waiting(successor, reason)?;
        }
        // Read again: cancelling the replacement has changed it.
        if let Some(entry) = self.find(id)? {
            self.signal(entry, reason)?;
        }
        Ok(Cancelled::Signalled)
    }

    pub(super) fn amend(
        &mut self,
        id: ExecutionId,
        expected: &Bytes,
        note: Bytes,
        wake: bool,
    ) -> Result<Amended> {
        let Some(mut entry) = self.find(id)? else {
            return Ok(Amended::Unknown);
        };
        if !entry.machine.is_parked() || entry.note.as_ref() != Some(expected) {
            return Ok(Amended::Stale);
        }
        entry.note = Some(note);
        if wake {
            self.wake(entry)?;
        } else {
            self.announce(&mut entry);
            self.save(&mut entry)?;
        }
        Ok(Amended::Done)
    }

    pub(super) fn move_due_time(
        &mut self,
        id: ExecutionId,
        expected: &str,
        when: When,
        timetable: &str,
    ) -> Result<bool> {
        let Some(mut entry) = self.find(id)? else {
            return Ok(false);
        };
        // A replacement that waits for a running execution is in no queue yet.
        let is_scheduled = entry.machine.state() == ExecutionState::Scheduled
            && !entry.machine.is_parked()
            && entry.behind.is_none();
        if entry.timetable.as_deref() != Some(expected) || !is_scheduled {
            return Ok(false);
        }
        entry.timetable = Some(timetable.to_owned());
        self.set_due(&mut entry, when);
        self.announce(&mut entry);
        self.enqueue(&mut entry);
        self.save(&mut entry)?;
        Ok(true)
    }

    /// Stores the progress of a run. This statement touches no index.
    pub(super) fn report(&mut self, lease: Lease, progress: ProgressReport) -> Result<Settled> {
        let mut update = self.sql.prepare_cached(
            "UPDATE executions SET progress = ?3, updated = ?4 WHERE id = ?1 AND token = ?2 AND state = 'running'",
        )?;
        let (id, token) = (number(lease.id.0), number(lease.token));
        if update.execute((id, token, json(&progress), self.now_micros()))? == 0 {
            return Ok(Settled::Fenced);
        }
        self.effects.changed = true;
        if self.local.watches.contains(lease.id) {
            let event = Event::Progress(progress);
            self.effects.events.push(Effect::Send(lease.id, event));
        }
        Ok(Settled::Done(ExecutionState::Running))
    }

    pub(super) fn strike(&mut self, task: &Name) -> Result<()> {
        self.sql
            .prepare_cached("INSERT OR IGNORE INTO struck VALUES (?1)")?
            .execute([&**task])?;
        self.struck = None;
        Ok(())
    }

    pub(super) fn restore(&mut self, task: &Name) -> Result<()> {
        self.sql
            .prepare_cached("DELETE FROM struck WHERE task = ?1")?
            .execute([&**task])?;
        self.struck = None;
        // These executions have waited longest, so they go to the head of the queue. Pushing the last one first keeps
        // their order.
        let place = Place::Struck(task.clone());
        for id in self.ids(
            "SELECT id FROM executions WHERE place = ?1 ORDER BY rank DESC",
            &place,
        )? {
            if let Some(mut entry) = self.find(id)? {
                self.push_front(&mut entry);
                self.save(&mut entry)?;
            }
        }
        Ok(())
    }

    fn ids(&self, query: &str, place: &Place) -> Result<Vec<ExecutionId>> {
        let mut query = self.sql.prepare_cached(query)?;
        let rows = query.query_map([place.name()], |row| {
            Ok(ExecutionId(row.get::<_, i64>(0)?.cast_unsigned()))
        })?;
        rows.collect()
    }

    pub(super) fn clear(&mut self) -> Result<usize> {
        let mut query = self
            .sql
            .prepare_cached(concat!(not_ended!(), " ORDER BY id"))?;
        let rows = query.query_map([], |row| row.get::<_, i64>(0))?;
        let waiting = rows.collect::<Result<Vec<i64>>>()?;
        let mut count = 0;
        for id in waiting {
            if let Some(entry) = self.find(ExecutionId(id.cast_unsigned()))?
                && self.cancel_waiting(entry, "the docket was cleared")?
            {
                count += 1;
            }
        }
        Ok(count)
    }

    pub(super) fn dead_letters(&self, limit: usize) -> Result<Vec<Record>> {
        self.records(
            concat!(
                "SELECT ",
                columns!(),
                " FROM executions WHERE place = 'dead' ORDER BY rank, id LIMIT ?1"
            ),
            limit,
        )
    }

    fn records(&self, query: &str, limit: usize) -> Result<Vec<Record>> {
        let mut query = self.sql.prepare_cached(query)?;
        let rows = query.query_map([signed(limit)], Entry::read)?;
        rows.map(|entry| Ok(self.on_wall(entry?.record())))
            .collect()
    }

    pub(super) fn snapshot(&mut self, limit: usize) -> Result<Snapshot> {
        let executions = match limit {
            0 => Vec::new(),
            _ => self.records(
                concat!(
                    "SELECT ",
                    columns!(),
                    " FROM executions WHERE id IN (",
                    not_ended!(),
                    " ORDER BY id LIMIT ?1) ORDER BY id"
                ),
                limit,
            )?,
        };
        let mut struck = self
            .sql
            .prepare_cached("SELECT task FROM struck ORDER BY task")?;
        let struck = struck.query_map([], |row| Ok(Name::from(row.get_ref(0)?.as_str()?)))?;
        Ok(Snapshot {
            scheduled: size(self.root.scheduled),
            queued: size(self.root.queued),
            running: size(self.root.running),
            dead: size(self.root.dead),
            paused: self.root.paused,
            struck: struck.collect::<Result<Vec<Name>>>()?,
            executions,
            workers: self.worker_records()?,
            now: Some(self.wall(self.now)),
        })
    }

    pub(super) fn replay(&mut self, key: &Key) -> Result<Option<Admission>> {
        let mut query = self.sql.prepare_cached(
            "SELECT id FROM executions WHERE place = 'dead' AND key = ?1 ORDER BY id DESC LIMIT 1",
        )?;
        let letter: Option<i64> = query.query_row([&**key], |row| row.get(0)).optional()?;
        drop(query);
        match letter {
            Some(id) => self.retry(ExecutionId(id.cast_unsigned())),
            None => Ok(None),
        }
    }

    /// Submits a dead letter again. If that is accepted, the dead letter becomes an ordinary result.
    pub(super) fn retry(&mut self, id: ExecutionId) -> Result<Option<Admission>> {
        let mut query = self.sql.prepare_cached(concat!(
            "SELECT ",
            columns!(),
            ", payload FROM executions WHERE id = ?1"
        ))?;
        let letter = query
            .query_row([number(id.0)], Entry::read_with_payload)
            .optional()?;
        drop(query);
        let Some((letter, payload)) = letter else {
            return Ok(None);
        };
        let admission = self.admit(resubmission(&letter, payload))?;
        if let Admission::Accepted(new) = admission
            && let Some(mut letter) = self.find(id)?
        {
            // The steps that the dead letter has recorded must not run again.
            self.move_journal(&mut letter, new)?;
            self.keep_as_result(id)?;
        }
        Ok(Some(admission))
    }
}

/// Returns a submission that repeats a dead letter, due now. It has no cooldown: the cooldown that the dead letter
/// itself started must not block an explicit replay.
fn resubmission(entry: &Entry, payload: Bytes) -> Submission {
    let mut submission = Submission::new(entry.task.clone(), payload)
        .key(entry.key.clone())
        .priority(entry.priority);
    if let Some(limits) = entry.limits.as_deref().cloned() {
        submission = submission.limits(Limits {
            cooldown: None,
            ..limits
        });
    }
    submission.note.clone_from(&entry.note);
    submission.owner.clone_from(&entry.owner);
    submission
}
