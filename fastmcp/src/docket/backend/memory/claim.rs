//! Claims: hands out executions, subject to pauses, strikes and lanes.

use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::call::Claim;
use crate::docket::backend::memory::entry::Extra;
use crate::docket::backend::memory::store::Store;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::share::may_start;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Limits;
use crate::docket::model::time::Timestamp;

impl Store {
    pub(super) fn claim(&mut self, claim: &Claim, now: Timestamp) -> Vec<Delivery> {
        self.workers.seen(&claim.worker, claim.lease_duration, now);
        if self.paused {
            return Vec::new();
        }
        self.workers.has_slots(&claim.worker, claim.slots);
        // Only owners' executions need the number of slots.
        let slots = if self.ready.owners.is_idle() {
            0
        } else {
            self.workers.slots(now)
        };
        let limit = self.options.owner_concurrency;
        let mut deliveries = Vec::new();
        let mut free = slots.saturating_sub(self.running.len()).max(claim.limit);
        while deliveries.len() < claim.limit {
            let offer = self.workers.next_offer(&claim.worker);
            let next = || self.ready.pop(|running| may_start(running, limit, free));
            let Some(id) = offer.or_else(next) else {
                break;
            };
            if !self.pass_limits(id, now) {
                self.return_turn(id);
            } else if let Some(delivery) = self.start(id, claim, now) {
                deliveries.push(delivery);
                free -= 1;
            }
        }
        // The wake-up for the remaining executions may have gone to this claim, so pass it on to a sleeping one.
        let may_start = |running| may_start(running, limit, free);
        if !deliveries.is_empty() && self.ready.has_next(may_start) {
            self.wakeups.work(1);
        }
        deliveries
    }

    /// Returns whether the execution can start now. If a limit or strike holds it back, moves it to the queue of that
    /// limit or strike.
    fn pass_limits(&mut self, id: ExecutionId, now: Timestamp) -> bool {
        let Some(entry) = self.slab.get_mut(id) else {
            self.stale = self.stale.saturating_sub(1);
            return false;
        };
        if entry.machine.state() != ExecutionState::Queued {
            self.stale = self.stale.saturating_sub(1);
            return false;
        }
        let Some(extra) = &mut entry.extra else {
            return !self.is_struck(id);
        };
        extra.offered_to = None;
        let was_released = std::mem::take(&mut extra.was_released);
        let limits = extra.limits.clone().unwrap_or_default();
        if self.is_struck(id) {
            self.release_next(&limits);
            return false;
        }
        if let Some(limit) = &limits.concurrency
            && !self.lanes.enter(limit, id, was_released)
        {
            return false;
        }
        let Some(moment) = self.start_time(id, &limits, now) else {
            return true;
        };
        // An execution that waits for its start time must not occupy a slot of the lane meanwhile.
        if let Some(limit) = &limits.concurrency {
            self.lanes.leave(limit);
        }
        self.release_next(&limits);
        self.wake_at(moment, id);
        false
    }

    /// Returns whether the execution's task is struck, and if so, holds the execution back.
    fn is_struck(&mut self, id: ExecutionId) -> bool {
        if self.struck.is_empty() {
            return false;
        }
        let task = self.slab.get(id).map(|entry| &entry.task);
        match task.and_then(|task| self.struck.get_mut(task)) {
            Some(held_back) => {
                held_back.push_back(id);
                true
            }
            None => false,
        }
    }

    /// Returns the time at which the rate limit allows the start; `None` if that is now.
    fn start_time(
        &mut self,
        id: ExecutionId,
        limits: &Limits,
        now: Timestamp,
    ) -> Option<Timestamp> {
        let limit = limits.rate.as_ref()?;
        let extra = self.slab.get_mut(id)?.extra();
        let wait = self.lanes.start(limit, now, extra.has_start_time);
        extra.has_start_time = wait.is_some();
        wait
    }

    /// Releases the next execution of the lane's queue if a slot is free. Called whenever an execution frees its
    /// slot, or does not take the slot that it was released for.
    pub(super) fn release_next(&mut self, limits: &Limits) {
        let Some(limit) = &limits.concurrency else {
            return;
        };
        while let Some(next) = self.lanes.next_in_line(limit) {
            if let Some(entry) = self.slab.get_mut(next)
                && entry.machine.state() == ExecutionState::Queued
            {
                entry.extra().was_released = true;
                self.ready.push_first(entry.priority, entry.owner(), next);
                self.wakeups.work(1);
                break;
            }
            self.stale = self.stale.saturating_sub(1);
        }
    }

    fn start(&mut self, id: ExecutionId, claim: &Claim, now: Timestamp) -> Option<Delivery> {
        let entry = self.slab.get_mut(id)?;
        self.last_token += 1;
        entry.machine.claim(self.last_token).ok()?;
        entry.run.worker = Some(claim.worker.clone());
        entry.run.started = now;
        entry.run.lease_until = now + claim.lease_duration;
        entry.run.max_deliveries = claim.max_deliveries;
        entry.run.index = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
        let keeps_turn = |extra: &mut Box<Extra>| std::mem::take(&mut extra.keeps_turn);
        let has_turn = entry.extra.as_mut().is_some_and(keeps_turn);
        if let Some(owner) = entry.owner().filter(|_| !has_turn) {
            self.ready.owners.started(owner);
        }
        self.running.push(id);
        if entry.run.lease_until < self.leases_until {
            self.leases_until = entry.run.lease_until;
            // Sleeping claims have to wake up when this lease expires, because this worker may be dead by then.
            self.wakeups.timers();
        }
        entry.announce(id, now);
        if entry.machine.delivery() == 1 {
            entry.counted.started(now.since(entry.due));
        }
        let mut delivery = entry.delivery(id, now);
        delivery.due = self.wall(delivery.due);
        delivery.claimed = self.wall(delivery.claimed);
        Some(delivery)
    }

    pub(super) fn renew(
        &mut self,
        worker: &Arc<str>,
        leases: &[Lease],
        duration: Duration,
        now: Timestamp,
    ) -> Vec<Lease> {
        self.workers.seen(worker, duration, now);
        let mut lost = Vec::new();
        for lease in leases {
            match self.slab.get_mut(lease.id) {
                Some(entry) if entry.machine.check_token(lease.token).is_ok() => {
                    entry.run.lease_until = now + duration;
                }
                _ => lost.push(*lease),
            }
        }
        lost
    }
}
