//! Ends runs: applies settlements and lost leases, and offers unknown tasks to other workers.

use std::sync::Arc;

use crate::docket::backend::call::{Rerun, Settled, Settlement};
use crate::docket::backend::dead_letter::DeadLetter;
use crate::docket::backend::memory::store::Store;
use crate::docket::model::delivery::Lease;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::{Timestamp, When};

impl Store {
    pub(super) fn settle(&mut self, settlement: &Settlement, now: Timestamp) -> Settled {
        let Settlement { lease, outcome, .. } = settlement;
        let id = lease.id;
        let Some(entry) = self.slab.get_mut(id) else {
            return Settled::Fenced;
        };
        if entry.machine.check_token(lease.token).is_err() {
            return Settled::Fenced;
        }
        let superseded = entry.successor().is_some();
        match outcome {
            Outcome::Completed(result) if !entry.machine.is_cancelling() => {
                entry.result = result.clone();
                // The failure of an earlier run must not be reported together with the result.
                if let Some(extra) = &mut entry.extra {
                    extra.failure = None;
                }
            }
            Outcome::Failed(failure) | Outcome::Retry { failure, .. } => {
                entry.record_incident(now, failure.to_string());
                entry.extra().failure = Some(failure.clone());
            }
            Outcome::Discard { reason } | Outcome::Undecodable { reason } => {
                entry.extra().reason.get_or_insert_with(|| reason.clone());
            }
            Outcome::UnknownTask => {
                entry.record_incident(now, "this worker has no handler for the task".into());
            }
            _ => {}
        }
        let rerun = settlement.next_run();
        let Ok(state) = entry
            .machine
            .settle(lease.token, outcome, rerun.is_some(), superseded)
        else {
            return Settled::Fenced;
        };
        let is_declined =
            state == ExecutionState::Queued && matches!(outcome, Outcome::UnknownTask);
        self.vacate(id, is_declined, now);
        match (state, outcome) {
            (ExecutionState::Scheduled, _) => match outcome.suspension() {
                Some(suspension) => self.suspend(id, &suspension, now),
                None => self.reschedule(id, outcome, rerun, now),
            },
            (ExecutionState::Queued, _) if is_declined => {
                let worker = self
                    .slab
                    .get(id)
                    .and_then(|entry| entry.run.worker.clone())
                    .unwrap_or_default();
                self.offer_to_another(id, worker, now);
            }
            (ExecutionState::Queued, _) => self.requeue(id, now),
            _ => self.end(id, settlement.leaves_dead_letter(state, superseded), now),
        }
        Settled::Done(state)
    }

    fn reschedule(
        &mut self,
        id: ExecutionId,
        outcome: &Outcome,
        rerun: Option<&Rerun>,
        now: Timestamp,
    ) {
        let when = match (outcome, rerun) {
            (Outcome::Retry { after, .. }, _) => When::After(after.unwrap_or_default()),
            (Outcome::Snooze { after }, _) => When::After(*after),
            (_, Some(rerun)) => rerun.when,
            _ => When::Now,
        };
        if let Some(entry) = self.slab.get_mut(id) {
            // A retry belongs to the run that the timetable has set. Any other due time is a new one.
            if !matches!(outcome, Outcome::Retry { .. })
                && let Some(extra) = &mut entry.extra
            {
                extra.timetable = None;
            }
            if let Some(rerun) = rerun {
                // The note and the journal belong to the run that has ended.
                if let Some(extra) = &mut entry.extra {
                    extra.note = None;
                }
                entry.clear_journal();
                if rerun.timetable.is_some() {
                    entry.extra().timetable.clone_from(&rerun.timetable);
                }
                if let Some(envelope) = &rerun.envelope {
                    entry.envelope = envelope.clone();
                }
            }
        }
        let due = self.due_at(id, when, now);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.due = due;
            entry.announce(id, now);
        }
        self.enqueue(id, now);
    }

    /// Puts an execution at the head of its queue, because it has already waited once.
    fn requeue(&mut self, id: ExecutionId, now: Timestamp) {
        if let Some(entry) = self.slab.get_mut(id) {
            self.ready.push_first(entry.priority, entry.owner(), id);
            entry.announce(id, now);
            self.wakeups.work(1);
        }
    }

    /// Removes a run from the list of running executions, and frees its slot of the lane. With `keeps_turn`, the owner
    /// still counts the run, because another worker will continue it.
    fn vacate(&mut self, id: ExecutionId, keeps_turn: bool, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        // `swap_remove` below moves the last run to this index.
        let index = entry.run.index as usize;
        let limits = entry.limits().cloned();
        let owner = entry.owner().cloned();
        if keeps_turn && owner.is_some() {
            entry.extra().keeps_turn = true;
        }
        self.running.swap_remove(index);
        if let Some(moved) = self.running.get(index).copied()
            && let Some(moved) = self.slab.get_mut(moved)
        {
            moved.run.index = u32::try_from(index).unwrap_or(u32::MAX);
        }
        if self.running.is_empty() {
            self.leases_until = Timestamp::MAX;
        }
        if let Some(owner) = owner.filter(|_| !keeps_turn) {
            self.ready.owners.ended(&owner);
        }
        // The end of any run may allow an owner to start another one.
        if !self.ready.owners.is_idle() {
            self.wakeups.work(1);
        }
        if let Some(limits) = limits {
            if let Some(limit) = &limits.concurrency {
                self.lanes.leave(limit);
            }
            self.release_next(&limits);
            self.lanes.sweep(now);
        }
    }

    pub(super) fn lose_lease(&mut self, lease: Lease, now: Timestamp) {
        let id = lease.id;
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        let superseded = entry.successor().is_some();
        let (delivery, most) = (entry.machine.delivery(), entry.run.max_deliveries);
        let Ok(state) = entry.machine.lose_lease(lease.token, most, superseded) else {
            return;
        };
        entry.record_incident(now, "the worker did not renew its lease in time".into());
        match state {
            ExecutionState::Dead => {
                entry.extra().reason = Some(format!(
                    "its worker was lost in {delivery} of {most} deliveries"
                ));
            }
            ExecutionState::Cancelled => {
                entry
                    .extra()
                    .reason
                    .get_or_insert_with(|| "replaced after its worker was lost".into());
            }
            _ => {}
        }
        self.vacate(id, false, now);
        match state {
            ExecutionState::Queued => self.requeue(id, now),
            ExecutionState::Dead => self.bury(id, now),
            _ => self.end(id, false, now),
        }
    }

    /// Offers a queued execution to a live worker that has not declined it. If there is no such worker, the execution
    /// becomes a dead letter.
    pub(super) fn offer_to_another(&mut self, id: ExecutionId, decliner: Arc<str>, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        let task = entry.task.clone();
        let extra = entry.extra();
        extra.declined_by.push(decliner);
        if let Some(worker) = self.workers.alive_except(&extra.declined_by, now) {
            self.offer(id, &worker, now);
            return;
        }
        extra.reason = Some(format!(
            "no worker has a handler for the task `{task}`; declined by {}",
            extra.declined_by.join(", ")
        ));
        if entry.machine.kill().is_ok() {
            self.return_turn(id);
            self.bury(id, now);
        }
    }

    /// Gives back the turn that an offer has kept, because the execution does not start.
    pub(super) fn return_turn(&mut self, id: ExecutionId) {
        let Some(extra) = self.slab.get_mut(id).and_then(|entry| entry.extra.as_mut()) else {
            return;
        };
        if std::mem::take(&mut extra.keeps_turn)
            && let Some(owner) = &extra.owner
        {
            self.ready.owners.ended(owner);
            if !self.ready.owners.is_idle() {
                self.wakeups.work(1);
            }
        }
    }

    /// Ends an execution that no worker has ended, and logs it.
    fn bury(&mut self, id: ExecutionId, now: Timestamp) {
        if let Some(entry) = self.slab.get(id) {
            let reason = entry.extra.as_ref().and_then(|extra| extra.reason.clone());
            self.wakeups.dead_letter(DeadLetter {
                key: entry.key.to_string(),
                task: entry.task.to_string(),
                attempt: entry.machine.attempt(),
                reason: reason.unwrap_or_default(),
            });
        }
        self.end(id, true, now);
    }

    /// Offers the execution to `worker`. The timer detects a worker that dies without claiming the offer.
    fn offer(&mut self, id: ExecutionId, worker: &Arc<str>, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        entry.extra().offered_to = Some(worker.clone());
        entry.announce(id, now);
        let timeout = self.workers.lease(worker);
        self.workers.offer(worker, id);
        self.wake_at(now + timeout, id);
        self.wakeups.timers();
    }

    /// Extends an offer that the worker has not claimed, if the worker is alive and merely busy. Otherwise offers the
    /// execution to another worker.
    pub(super) fn check_offer(&mut self, id: ExecutionId, worker: &Arc<str>, now: Timestamp) {
        if self.workers.is_alive(worker, now) {
            let timeout = self.workers.lease(worker);
            self.wake_at(now + timeout, id);
            return;
        }
        self.workers.withdraw(worker, id);
        if let Some(entry) = self.slab.get_mut(id) {
            entry.extra().offered_to = None;
        }
        self.offer_to_another(id, worker.clone(), now);
    }

    /// Ends an execution, and enqueues the replacement that waits for it. A dead letter keeps its envelope.
    pub(super) fn end(&mut self, id: ExecutionId, is_dead_letter: bool, now: Timestamp) {
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        entry.ended = now;
        entry.announce(id, now);
        self.leave_family(id);
        let Some(entry) = self.slab.get_mut(id) else {
            return;
        };
        self.on_wall_clock.remove(&id);
        self.pending_bytes = self.pending_bytes.saturating_sub(entry.size);
        if let Some(owner) = entry.owner()
            && let Some(owned) = self.owners.get_mut(owner)
        {
            *owned -= 1;
            if *owned == 0 {
                self.owners.remove(owner);
            }
        }
        let successor = entry
            .extra
            .as_mut()
            .and_then(|extra| extra.successor.take());
        let waiters = entry
            .extra
            .as_mut()
            .map(|extra| std::mem::take(&mut extra.awaited_by))
            .unwrap_or_default();
        if let Some(until) = entry.keep_until() {
            entry.clear_body();
            if until <= now {
                self.forget(id);
            }
        } else if is_dead_letter {
            entry.is_dead_letter = true;
            let bytes = entry.kept_bytes();
            let until = now + self.options.dead_letter_ttl;
            self.dead.push(until, id, bytes);
            self.delete_expired(now);
        } else {
            entry.clear_body();
            let bytes = entry.kept_bytes();
            let until = now + self.options.result_ttl;
            self.ended.push(until, id, bytes);
            self.delete_expired(now);
        }
        self.pending = self.pending.saturating_sub(1);
        if let Some(next) = successor
            && let Some(entry) = self.slab.get_mut(next)
        {
            entry.extra().behind = None;
            let key = entry.key.clone();
            self.keys.insert(key, next);
            self.enqueue(next, now);
        }
        self.wake_waiters(id, waiters, now);
    }
}
