//! Ends runs: applies settlements and lost leases, and offers unknown tasks to other workers.

use std::sync::Arc;

use bytes::Bytes;
use rusqlite::Result;

use crate::docket::backend::call::{Rerun, Settled, Settlement};
use crate::docket::backend::dead_letter::DeadLetter;
use crate::docket::backend::sqlite::columns::{micros, number, signed};
use crate::docket::backend::sqlite::entry::Entry;
use crate::docket::backend::sqlite::place::Place;
use crate::docket::backend::sqlite::store::Store;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::time::When;

impl Store<'_> {
    pub(super) fn settle(&mut self, settlement: &Settlement) -> Result<Settled> {
        let Settlement { lease, outcome, .. } = settlement;
        let Some(mut entry) = self.find(lease.id)? else {
            return Ok(Settled::Fenced);
        };
        if entry.machine.check_token(lease.token).is_err() {
            return Ok(Settled::Fenced);
        }
        match outcome {
            Outcome::Completed(result) if !entry.machine.is_cancelling() => {
                entry.result = Some(result.clone());
                // The failure of an earlier run must not be reported together with the result.
                entry.failure = None;
            }
            Outcome::Failed(failure) | Outcome::Retry { failure, .. } => {
                entry.record_incident(self.now, failure.to_string());
                entry.failure = Some(failure.clone());
            }
            Outcome::Discard { reason } | Outcome::Undecodable { reason } => {
                entry.reason.get_or_insert_with(|| reason.clone());
            }
            Outcome::UnknownTask => {
                entry.record_incident(self.now, "this worker has no handler for the task".into());
            }
            _ => {}
        }
        let rerun = settlement.next_run();
        let superseded = entry.successor.is_some();
        let Ok(state) = entry
            .machine
            .settle(lease.token, outcome, rerun.is_some(), superseded)
        else {
            return Ok(Settled::Fenced);
        };
        self.vacate(&entry)?;
        match (state, outcome) {
            (ExecutionState::Scheduled, _) => match outcome.suspension() {
                Some(suspension) => self.suspend(entry, &suspension)?,
                None => self.reschedule(entry, outcome, rerun)?,
            },
            (ExecutionState::Queued, Outcome::UnknownTask) => {
                let worker = entry.worker.clone().unwrap_or_default();
                self.offer_to_another(entry, worker)?;
            }
            (ExecutionState::Queued, _) => self.requeue(entry)?,
            _ => self.end(entry, settlement.leaves_dead_letter(state, superseded))?,
        }
        Ok(Settled::Done(state))
    }

    fn reschedule(
        &mut self,
        mut entry: Entry,
        outcome: &Outcome,
        rerun: Option<&Rerun>,
    ) -> Result<()> {
        let when = match (outcome, rerun) {
            (Outcome::Retry { after, .. }, _) => When::After(after.unwrap_or_default()),
            (Outcome::Snooze { after }, _) => When::After(*after),
            (_, Some(rerun)) => rerun.when,
            _ => When::Now,
        };
        // A retry belongs to the run that the timetable has set. Any other due time is a new one.
        if !matches!(outcome, Outcome::Retry { .. }) {
            entry.timetable = None;
        }
        if let Some(rerun) = rerun {
            // The note and the journal belong to the run that has ended.
            entry.note = None;
            self.clear_journal(&mut entry)?;
            entry.timetable.clone_from(&rerun.timetable);
            entry.new_payload.clone_from(&rerun.envelope);
        }
        self.set_due(&mut entry, when);
        // Announced as scheduled, even if it is due at once.
        self.announce(&mut entry);
        self.enqueue(&mut entry);
        self.save(&mut entry)
    }

    fn requeue(&mut self, mut entry: Entry) -> Result<()> {
        self.push_front(&mut entry);
        self.announce(&mut entry);
        self.save(&mut entry)
    }

    /// Frees the slot of the lane after a run. The row of the run may still be unwritten.
    fn vacate(&mut self, entry: &Entry) -> Result<()> {
        self.effects.has_ended_run = true;
        if entry.machine.is_cancelling() {
            self.effects.ended_runs.push(entry.lease());
        }
        let Some(limits) = entry.limits.clone() else {
            return Ok(());
        };
        if let Some(limit) = &limits.concurrency {
            self.leave(limit)?;
        }
        self.release_next(&limits)
    }

    pub(super) fn lose_lease(&mut self, mut entry: Entry) -> Result<()> {
        let superseded = entry.successor.is_some();
        let (delivery, most) = (entry.machine.delivery(), entry.max_deliveries);
        let token = entry.machine.token();
        let Ok(state) = entry.machine.lose_lease(token, most, superseded) else {
            return Ok(());
        };
        entry.record_incident(
            self.now,
            "the worker did not renew its lease in time".into(),
        );
        match state {
            ExecutionState::Dead => {
                entry.reason = Some(format!(
                    "its worker was lost in {delivery} of {most} deliveries"
                ));
            }
            ExecutionState::Cancelled => {
                entry
                    .reason
                    .get_or_insert_with(|| "replaced after its worker was lost".into());
            }
            _ => {}
        }
        self.vacate(&entry)?;
        match state {
            ExecutionState::Queued => self.requeue(entry),
            ExecutionState::Dead => self.bury(entry),
            _ => self.end(entry, false),
        }
    }

    /// Offers a queued execution to a live worker that has not declined it. If there is no such worker, the execution
    /// becomes a dead letter.
    pub(super) fn offer_to_another(&mut self, mut entry: Entry, decliner: Arc<str>) -> Result<()> {
        entry.declined_by.push(decliner);
        if let Some((worker, timeout)) = self.alive_except(&entry.declined_by)? {
            // The timer detects a worker that dies without claiming the offer.
            self.wait_until(&mut entry, Place::Offered, self.now + timeout);
            entry.offered_to = Some(worker);
            self.effects.ready = true;
            self.announce(&mut entry);
            return self.save(&mut entry);
        }
        entry.offered_to = None;
        entry.reason = Some(format!(
            "no worker has a handler for the task `{}`; declined by {}",
            entry.task,
            entry.declined_by.join(", ")
        ));
        match entry.machine.kill() {
            Ok(()) => self.bury(entry),
            Err(_) => self.save(&mut entry),
        }
    }

    /// Ends an execution that no worker has ended, and logs it.
    fn bury(&mut self, entry: Entry) -> Result<()> {
        self.effects.dead_letters.push(DeadLetter {
            key: entry.key.to_string(),
            task: entry.task.to_string(),
            attempt: entry.machine.attempt(),
            reason: entry.reason.clone().unwrap_or_default(),
        });
        self.end(entry, true)
    }

    /// Extends an offer that the worker has not claimed, if the worker is alive and merely busy. Otherwise offers the
    /// execution to another worker.
    pub(super) fn check_offer(&mut self, mut entry: Entry, worker: &Arc<str>) -> Result<()> {
        match self.offer_timeout(worker)? {
            Some(timeout) => {
                self.wait_until(&mut entry, Place::Offered, self.now + timeout);
                self.save(&mut entry)
            }
            None => self.offer_to_another(entry, worker.clone()),
        }
    }

    /// Ends an execution, and enqueues the replacement that waits for it. A dead letter keeps its payload.
    pub(super) fn end(&mut self, mut entry: Entry, is_dead_letter: bool) -> Result<()> {
        entry.ended = Some(self.now);
        entry.wall_due = None;
        self.announce(&mut entry);
        self.root.pending_bytes = (self.root.pending_bytes - signed(entry.size)).max(0);
        self.leave_family(&mut entry)?;
        let successor = entry.successor.take();
        let id = entry.id;
        if let Some(until) = entry.keep_until {
            entry.place = Place::Kept;
            entry.rank = micros(until);
            if until <= self.now {
                self.forget(&entry)?;
            } else {
                entry.new_payload = Some(Bytes::new());
                self.clear_journal(&mut entry)?;
                self.save(&mut entry)?;
            }
        } else if is_dead_letter {
            entry.kept_bytes = entry.size_at_end(true) + self.journal_bytes(&entry)?;
            entry.place = Place::Dead;
            entry.rank = micros(self.now + self.options.dead_letter_ttl);
            self.save(&mut entry)?;
        } else {
            entry.kept_bytes = entry.size_at_end(false);
            entry.place = Place::Ended;
            entry.rank = micros(self.now + self.options.result_ttl);
            entry.new_payload = Some(Bytes::new());
            self.clear_journal(&mut entry)?;
            self.save(&mut entry)?;
        }
        if let Some(next) = successor
            && let Some(mut next) = self.find(next)?
        {
            // In this order, because only one execution can hold a key.
            self.set_holder(id, false)?;
            self.set_holder(next.id, true)?;
            next.behind = None;
            self.enqueue(&mut next);
            self.save(&mut next)?;
        }
        if entry.is_awaited {
            self.wake_waiters(id)?;
        }
        // An execution that exceeds the limit alone must not push all others out.
        let limit = match entry.place {
            Place::Ended => self.options.result_bytes,
            Place::Dead => self.options.dead_letter_bytes,
            _ => usize::MAX,
        };
        if entry.kept_bytes > signed(limit) {
            self.delete(number(id.0))?;
        }
        self.limit_kept()
    }
}
