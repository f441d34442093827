//! Operations on the docket as a whole, and on executions from outside of their runs.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;

use crate::docket::backend::call::{Admission, Amended, Target};
use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::store::{Store, is_waiting};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::record::{ExecutionId, Record};
use crate::docket::model::state::{Cancelled, ExecutionState};
use crate::docket::model::submission::{Limits, Submission};
use crate::docket::model::time::{Timestamp, When};

impl Store {
    pub(super) fn locate(&self, target: &Target) -> Option<ExecutionId> {
        match target {
            Target::Key(key) => self.keys.get(key).copied(),
            Target::Id(id) => self.slab.get(*id).map(|_| *id),
        }
    }

    pub(super) fn cancel(&mut self, key: &Key, reason: &str, now: Timestamp) -> Cancelled {
        let Some(id) = self.keys.get(key).copied() else {
            return Cancelled::Unknown;
        };
        if self.cancel_waiting(id, reason, now) {
            return Cancelled::Removed;
        }
        let Some(entry) = self.slab.get(id) else {
            return Cancelled::Unknown;
        };
        if entry.machine.state().is_terminal() {
            return Cancelled::Unknown;
        }
        if let Some(successor) = entry.successor() {
            self.cancel_waiting(successor, reason, now);
        }
        self.signal(id, reason, now);
        Cancelled::Signalled
    }

    pub(super) fn amend(
        &mut self,
        id: ExecutionId,
        expected: &Bytes,
        note: Bytes,
        wake: bool,
        now: Timestamp,
    ) -> Amended {
        let Some(entry) = self.slab.get_mut(id) else {
            return Amended::Unknown;
        };
        if !entry.machine.is_parked() || entry.note() != Some(expected) {
            return Amended::Stale;
        }
        entry.extra().note = Some(note);
        if wake {
            self.wake(id, now);
        } else {
            entry.announce(id, now);
        }
        Amended::Done
    }

    pub(super) fn move_due_time(
        &mut self,
        id: ExecutionId,
        expected: &str,
        when: When,
        timetable: &str,
        now: Timestamp,
    ) -> bool {
        let Some(entry) = self.slab.get_mut(id) else {
            return false;
        };
        let stored = entry
            .extra
            .as_ref()
            .and_then(|extra| extra.timetable.as_deref());
        // A replacement that waits for a running execution is in no queue yet.
        let is_behind = entry
            .extra
            .as_ref()
            .is_some_and(|extra| extra.behind.is_some());
        let is_scheduled =
            entry.machine.state() == ExecutionState::Scheduled && !entry.machine.is_parked();
        if stored != Some(expected) || !is_scheduled || is_behind {
            return false;
        }
        entry.extra().timetable = Some(timetable.to_owned());
        entry.wake_at = Timestamp::EPOCH;
        let due = self.due_at(id, when, now);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.due = due;
            entry.announce(id, now);
        }
        self.count_stale_item();
        self.enqueue(id, now);
        true
    }

    pub(super) fn strike(&mut self, task: &Name) {
        self.struck.entry(task.clone()).or_default();
    }

    pub(super) fn restore(&mut self, task: &Name) {
        let held_back: VecDeque<ExecutionId> = self.struck.remove(task).unwrap_or_default();
        self.wakeups.work(held_back.len());
        // These executions have waited longest, so they go to the head of the queue. Pushing the last one first keeps
        // their order.
        for id in held_back.into_iter().rev() {
            if let Some(entry) = self.slab.get(id).filter(|entry| is_waiting(entry)) {
                self.ready.push_first(entry.priority, entry.owner(), id);
            }
        }
    }

    pub(super) fn pause(&mut self) {
        self.paused = true;
    }

    pub(super) fn resume(&mut self) {
        self.paused = false;
        self.wakeups.timers();
    }

    pub(super) fn clear(&mut self, now: Timestamp) -> usize {
        let waiting: Vec<ExecutionId> = self
            .slab
            .iter()
            .filter(|(_, entry)| is_waiting(entry))
            .map(|(id, _)| id)
            .collect();
        waiting
            .into_iter()
            .filter(|id| self.cancel_waiting(*id, "the docket was cleared", now))
            .count()
    }

    pub(super) fn dead_letters(&self, limit: usize) -> Vec<Record> {
        self.dead
            .ids()
            .take(limit)
            .filter_map(|id| Some(self.on_wall(self.slab.get(id)?.record(id))))
            .collect()
    }

    pub(super) fn replay(&mut self, key: &Key, now: Timestamp) -> Option<Admission> {
        let has_key = |id: &ExecutionId| self.slab.get(*id).is_some_and(|entry| entry.key == *key);
        let id = self.dead.ids().rfind(has_key)?;
        let admission = self.retry(id, now)?;
        if matches!(admission, Admission::Accepted(_)) {
            self.dead.remove(|letter| letter == id);
            self.keep_as_result(id, now);
        }
        Some(admission)
    }

    /// Submits a dead letter again.
    pub(super) fn retry(&mut self, id: ExecutionId, now: Timestamp) -> Option<Admission> {
        let admission = self.admit(self.slab.get(id).map(resubmission)?, now);
        if let Admission::Accepted(new) = admission {
            // The steps that the dead letter has recorded must not run again.
            let letter = self
                .slab
                .get_mut(id)
                .and_then(|letter| letter.extra.as_mut());
            let journal = letter.map(|extra| std::mem::take(&mut extra.journal));
            if let Some(journal) = journal.filter(|journal| !journal.is_empty())
                && let Some(entry) = self.slab.get_mut(new)
            {
                entry.extra().journal = journal;
            }
        }
        Some(admission)
    }

    /// Removes an execution from the dead letters and keeps it as an ordinary result.
    pub(super) fn keep_as_result(&mut self, id: ExecutionId, now: Timestamp) {
        if let Some(entry) = self.slab.get_mut(id) {
            entry.is_dead_letter = false;
            entry.clear_body();
            let bytes = entry.kept_bytes();
            self.ended.push(now + self.options.result_ttl, id, bytes);
            self.delete_expired(now);
        }
    }

    pub(super) fn deregister(&mut self, worker: &Arc<str>, now: Timestamp) {
        for id in self.workers.remove(worker) {
            if let Some(entry) = self.slab.get_mut(id).filter(|entry| is_waiting(entry)) {
                entry.extra().offered_to = None;
                self.offer_to_another(id, worker.clone(), now);
            }
        }
    }
}

/// Returns a submission that repeats a dead letter, due now. It has no cooldown: the cooldown that the dead letter
/// itself started must not block an explicit replay.
fn resubmission(entry: &Entry) -> Submission {
    let mut submission = Submission::new(entry.task.clone(), entry.envelope.clone())
        .key(entry.key.clone())
        .priority(entry.priority);
    if let Some(limits) = entry.limits().cloned() {
        submission = submission.limits(Limits {
            cooldown: None,
            ..limits
        });
    }
    submission.note = entry.note().cloned();
    submission.owner = entry.owner().cloned();
    submission
}
