//! Admits submissions: checks keys in use, replacements, cooldowns and the capacity.

use std::cmp::Reverse;
use std::sync::Arc;

use crate::docket::backend::call::Admission;
use crate::docket::backend::memory::entry::Entry;
use crate::docket::backend::memory::store::Store;
use crate::docket::model::key::Key;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::{Cancelled, ExecutionState};
use crate::docket::model::submission::{OnConflict, Submission, WhileRunning};
use crate::docket::model::time::{Timestamp, When};

/// The reason of executions that were replaced.
const REPLACED: &str = "replaced by a later submission under the same key";

impl Store {
    pub(super) fn admit(&mut self, mut submission: Submission, now: Timestamp) -> Admission {
        let key = submission.key.get_or_insert_with(Key::unique).clone();
        if let Some(existing) = self.cooling(&submission, now) {
            return Admission::Existing(existing);
        }
        let present = self.keys.get(&key).copied();
        let state = present
            .and_then(|id| Some(self.slab.get(id)?.machine.state()))
            .filter(|state| !state.is_terminal());
        let (Some(id), Some(state)) = (present, state) else {
            return self.accept(submission, now);
        };
        match (submission.conflict, state) {
            (OnConflict::Keep, _) => Admission::Existing(id),
            (OnConflict::Replace(WhileRunning::Reject), ExecutionState::Running) => {
                Admission::Running(id)
            }
            (OnConflict::Replace(rule), ExecutionState::Running) => {
                self.accept_behind(id, rule, submission, now)
            }
            (OnConflict::Replace(_), _) => {
                self.cancel_waiting(id, REPLACED, now);
                self.accept(submission, now)
            }
        }
    }

    /// Returns the execution whose cooldown covers the submission. An execution that was cancelled before its first
    /// run, or that the submission replaces before its first run, does not count: there is still only one run.
    fn cooling(&self, submission: &Submission, now: Timestamp) -> Option<ExecutionId> {
        let cooldown = submission.limits.as_ref()?.cooldown.as_ref()?;
        let id = self.lanes.cooling(cooldown, now)?;
        let Some(entry) = self.slab.get(id) else {
            // The record is deleted, but the cooldown lasts its full time.
            return Some(id);
        };
        let never_ran = entry.machine.token() == 0;
        let was_withdrawn = never_ran && entry.machine.state() == ExecutionState::Cancelled;
        let is_replaced = never_ran
            && Some(&entry.key) == submission.key.as_ref()
            && matches!(submission.conflict, OnConflict::Replace(_));
        (!was_withdrawn && !is_replaced).then_some(id)
    }

    fn accept(&mut self, submission: Submission, now: Timestamp) -> Admission {
        if let Some(full) = self.full(&submission) {
            return full;
        }
        let parent = submission.parent.map(ExecutionId);
        let id = self.insert(submission, now);
        if let Some(entry) = self.slab.get(id) {
            self.keys.insert(entry.key.clone(), id);
        }
        self.enqueue(id, now);
        if let Some(parent) = parent {
            self.adopt(id, parent);
        }
        Admission::Accepted(id)
    }

    /// Accepts a replacement that waits until `running` has settled. It also replaces an earlier waiting replacement.
    fn accept_behind(
        &mut self,
        running: ExecutionId,
        rule: WhileRunning,
        submission: Submission,
        now: Timestamp,
    ) -> Admission {
        let earlier = self.slab.get(running).and_then(Entry::successor);
        if earlier.is_none()
            && let Some(full) = self.full(&submission)
        {
            return full;
        }
        if let Some(earlier) = earlier {
            self.cancel_waiting(earlier, REPLACED, now);
        }
        let parent = submission.parent.map(ExecutionId);
        let id = self.insert(submission, now);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.extra().behind = Some(running);
        }
        if let Some(entry) = self.slab.get_mut(running) {
            entry.extra().successor = Some(id);
        }
        if rule == WhileRunning::CancelPrevious {
            self.signal(running, REPLACED, now);
        }
        if let Some(parent) = parent {
            self.adopt(id, parent);
        }
        Admission::Accepted(id)
    }

    /// Creates the entry. The caller adds it to a queue.
    fn insert(&mut self, submission: Submission, now: Timestamp) -> ExecutionId {
        // 0 means "not set" in an entry, so the earliest due time is 1.
        let when = submission.when;
        let due = match when {
            When::At(moment) => self.monotonic(moment),
            _ => when.due(now).max(Timestamp::from_micros(1)),
        };
        let cooldown = submission
            .limits
            .as_ref()
            .and_then(|limits| limits.cooldown.clone());
        let keep = submission.keep;
        self.last_sequence += 1;
        let entry = Entry::new(submission, due, now, self.last_sequence, &mut self.tasks);
        let id = self.slab.insert(entry);
        self.due_at(id, when, now);
        if let Some(time) = keep {
            self.kept.push(Reverse((now + time, id)));
            self.wakeups.timers();
        }
        self.pending += 1;
        if let Some(entry) = self.slab.get(id) {
            self.pending_bytes += entry.size;
            if let Some(owner) = entry.owner().cloned() {
                *self.owners.entry(owner).or_default() += 1;
            }
        }
        if let Some(cooldown) = cooldown {
            self.lanes
                .cool(&cooldown, due.max(now) + cooldown.quiet, id);
            self.lanes.sweep(now);
        }
        id
    }

    fn full(&self, submission: &Submission) -> Option<Admission> {
        let options = &self.options;
        let capacity = options.capacity;
        if self.pending >= capacity {
            return Some(Admission::Full { capacity });
        }
        if self.pending_bytes + submission.size() > options.capacity_bytes {
            return Some(Admission::OutOfSpace {
                capacity_bytes: options.capacity_bytes,
                pending: self.pending,
            });
        }
        let owned = self.owners.get(submission.owner.as_ref()?)?;
        let limit = options.owner_capacity;
        (*owned >= limit).then_some(Admission::OwnerFull { limit })
    }

    /// Marks a running execution as cancelled, and signals its worker.
    pub(super) fn signal(&mut self, id: ExecutionId, reason: &str, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        if entry.machine.is_cancelling() || entry.machine.cancel() != Cancelled::Signalled {
            return;
        }
        entry.extra().reason = Some(reason.to_owned());
        entry.announce(id, now);
        let lease = entry.lease(id);
        if let Some(worker) = entry.run.worker.clone() {
            self.workers.signal(&worker, lease);
            self.wakeups.signals();
        }
        self.orphan_children(id);
    }

    /// Cancels a scheduled or queued execution. Returns false for any other.
    pub(super) fn cancel_waiting(&mut self, id: ExecutionId, reason: &str, now: Timestamp) -> bool {
        let Some(entry) = self.slab.get_mut(id) else {
            return false;
        };
        // A parked execution without a due time is in no queue.
        let is_in_no_queue = entry.machine.is_parked() && entry.wake_at == Timestamp::EPOCH;
        if entry.machine.state() == ExecutionState::Running
            || entry.machine.cancel() != Cancelled::Removed
        {
            return false;
        }
        entry.extra().reason = Some(reason.to_owned());
        let behind = entry.extra().behind.take();
        let offered_to: Option<Arc<str>> = entry.extra().offered_to.take();
        if let Some(worker) = offered_to {
            self.workers.withdraw(&worker, id);
            self.return_turn(id);
        }
        match behind {
            Some(running) => {
                if let Some(running) = self.slab.get_mut(running) {
                    running.extra().successor = None;
                }
            }
            None if is_in_no_queue => {}
            None => self.count_stale_item(),
        }
        // The execution may have been released for a free slot of its lane, which now goes to the next one.
        if let Some(limits) = self.slab.get(id).and_then(Entry::limits).cloned() {
            self.release_next(&limits);
        }
        self.end(id, false, now);
        true
    }
}
