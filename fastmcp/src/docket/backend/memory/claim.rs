//! Handing executions out, under pauses, strikes and lanes.

use std::sync::Arc;

use crate::docket::backend::call::{Claim, Claimed, Hold};
use crate::docket::model::record::ExecutionId;
use crate::docket::model::state::ExecutionState;
use crate::docket::model::submission::Limits;
use crate::docket::model::time::Timestamp;

use crate::docket::backend::memory::store::Store;

impl Store {
    pub(crate) fn claim(&mut self, claim: &Claim, now: Timestamp) -> Vec<Claimed> {
        self.workers.seen(&claim.worker, claim.lease, now);
        if self.paused {
            return Vec::new();
        }
        let mut claimed = Vec::new();
        while claimed.len() < claim.limit {
            let offer = self.workers.next_offer(&claim.worker);
            let Some(id) = offer.or_else(|| self.ready.pop()) else {
                break;
            };
            if self.may_start(id, now)
                && let Some(run) = self.start(id, claim, now)
            {
                claimed.push(run);
            }
        }
        // Whoever sleeps was told of work that this worker may have left to it.
        if !claimed.is_empty() && !self.ready.is_empty() {
            self.wakes.work(1);
        }
        claimed
    }

    /// Whether nothing holds the execution back; what does takes it into its own line.
    fn may_start(&mut self, id: ExecutionId, now: Timestamp) -> bool {
        let Some(entry) = self.slab.get_mut(id) else {
            self.stale = self.stale.saturating_sub(1);
            return false;
        };
        if entry.life.state() != ExecutionState::Queued {
            self.stale = self.stale.saturating_sub(1);
            return false;
        }
        let Some(extra) = &mut entry.extra else {
            return !self.is_struck(id);
        };
        extra.offered_to = None;
        let was_let_go = std::mem::take(&mut extra.was_let_go);
        let limits = extra.limits.clone().unwrap_or_default();
        if self.is_struck(id) {
            self.pass_the_turn_on(&limits);
            return false;
        }
        if let Some(limit) = &limits.concurrency
            && !self.lanes.enter(limit, id, was_let_go)
        {
            return false;
        }
        let Some(moment) = self.start_time(id, &limits, now) else {
            return true;
        };
        if let Some(limit) = &limits.concurrency {
            self.lanes.leave(limit);
        }
        self.pass_the_turn_on(&limits);
        self.wake_at(moment, id);
        false
    }

    /// Whether its task is struck; then it is parked.
    fn is_struck(&mut self, id: ExecutionId) -> bool {
        if self.struck.is_empty() {
            return false;
        }
        let task = self.slab.get(id).map(|entry| &entry.task);
        match task.and_then(|task| self.struck.get_mut(task)) {
            Some(parked) => {
                parked.push_back(id);
                true
            }
            None => false,
        }
    }

    /// When its rate limit lets it start, if that is not now.
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

    /// Lets the next in line go. Whenever an execution gives up a place, or will not take the one that it was let go
    /// for, somebody else may be waiting for just that.
    pub(crate) fn pass_the_turn_on(&mut self, limits: &Limits) {
        let Some(limit) = &limits.concurrency else {
            return;
        };
        while let Some(next) = self.lanes.next_in_line(limit) {
            if let Some(entry) = self.slab.get_mut(next)
                && entry.life.state() == ExecutionState::Queued
            {
                entry.extra().was_let_go = true;
                self.ready.push_first(entry.priority, next);
                self.wakes.work(1);
                break;
            }
            self.stale = self.stale.saturating_sub(1);
        }
    }

    fn start(&mut self, id: ExecutionId, claim: &Claim, now: Timestamp) -> Option<Claimed> {
        let entry = self.slab.get_mut(id)?;
        self.last_token += 1;
        entry.life.claim(self.last_token).ok()?;
        entry.run.worker = Some(claim.worker.clone());
        entry.run.started = now;
        entry.run.lease_until = now + claim.lease;
        entry.run.max_deliveries = claim.max_deliveries;
        entry.run.seat = u32::try_from(self.running.len()).unwrap_or(u32::MAX);
        self.running.push(id);
        if entry.run.lease_until < self.leases_until {
            self.leases_until = entry.run.lease_until;
            // Those who sleep already have to be up by then: this worker may not be.
            self.wakes.timers();
        }
        entry.announce(id, now);
        Some(entry.claimed(id, now))
    }

    pub(crate) fn renew(
        &mut self,
        worker: &Arc<str>,
        holds: &[Hold],
        lease: std::time::Duration,
        now: Timestamp,
    ) -> Vec<Hold> {
        self.workers.seen(worker, lease, now);
        let mut lost = Vec::new();
        for hold in holds {
            match self.slab.get_mut(hold.id) {
                Some(entry) if entry.life.hold(hold.token).is_ok() => {
                    entry.run.lease_until = now + lease;
                }
                _ => lost.push(*hold),
            }
        }
        lost
    }
}
