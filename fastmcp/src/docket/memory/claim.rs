//! Handing executions out, under pauses, strikes and lanes.

use std::sync::Arc;

use crate::docket::backend::{Claim, Claimed, Hold};
use crate::docket::life::ExecutionState;
use crate::docket::record::ExecutionId;
use crate::docket::time::Timestamp;

use super::store::Store;

impl Store {
    pub(super) fn claim(&mut self, claim: &Claim, now: Timestamp) -> Vec<Claimed> {
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
        if !self.struck.is_empty()
            && let Some(parked) = self.struck.get_mut(&entry.task)
        {
            parked.push_back(id);
            return false;
        }
        let Some(limits) = entry.extra.as_mut().and_then(|extra| {
            extra.offered_to = None;
            extra.limits.clone()
        }) else {
            return true;
        };
        if let Some(limit) = &limits.concurrency
            && !self.lanes.enter(limit, id)
        {
            return false;
        }
        if let Some(limit) = &limits.rate {
            let extra = entry.extra();
            let wait = self.lanes.start(limit, now, extra.has_start_time);
            extra.has_start_time = wait.is_some();
            if let Some(moment) = wait {
                if let Some(limit) = &limits.concurrency {
                    self.lanes.leave(limit);
                }
                self.wake_at(moment, id);
                return false;
            }
        }
        true
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
        self.leases_until = self.leases_until.min(entry.run.lease_until);
        entry.announce(id);
        Some(entry.claimed(id, now))
    }

    pub(super) fn renew(
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
