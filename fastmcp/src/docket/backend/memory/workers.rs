//! [`Workers`]: the workers of a memory docket, each with its offers and signals.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::docket::model::delivery::Lease;
use crate::docket::model::record::{ExecutionId, WorkerRecord};
use crate::docket::model::time::Timestamp;

/// The workers of a docket by name.
#[derive(Debug, Default)]
pub(super) struct Workers {
    workers: HashMap<Arc<str>, WorkerEntry>,
}

#[derive(Debug)]
struct WorkerEntry {
    since: Timestamp,
    seen: Timestamp,
    lease: Duration,
    /// The number of its slots, free or not.
    slots: usize,
    /// The number of sleeping claims. The worker is alive while there is at least one.
    sleeping_claims: usize,
    /// Executions that only this worker may claim, because another worker has no handler for their tasks.
    offers: VecDeque<ExecutionId>,
    /// The leases of runs to cancel.
    signals: Vec<Lease>,
}

impl Workers {
    /// Records a call of the worker. Registers the worker if it is new.
    pub(super) fn seen(&mut self, name: &Arc<str>, lease: Duration, now: Timestamp) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.seen = now;
            worker.lease = lease;
            return;
        }
        // Forget dead workers, so that the map does not grow with every worker that ever existed.
        self.workers
            .retain(|_, known| known.is_alive(now) || !known.offers.is_empty());
        self.workers.insert(
            name.clone(),
            WorkerEntry {
                since: now,
                seen: now,
                lease,
                slots: 0,
                sleeping_claims: 0,
                offers: VecDeque::new(),
                signals: Vec::new(),
            },
        );
    }

    /// Records the number of slots of a registered worker.
    pub(super) fn has_slots(&mut self, name: &Arc<str>, slots: usize) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.slots = slots;
        }
    }

    /// Returns the number of slots of all live workers, free or not.
    pub(super) fn slots(&self, now: Timestamp) -> usize {
        let alive = self.workers.values().filter(|worker| worker.is_alive(now));
        alive.map(|worker| worker.slots).sum()
    }

    /// Returns the number of live workers.
    pub(super) fn count(&self, now: Timestamp) -> usize {
        let alive = self.workers.values().filter(|worker| worker.is_alive(now));
        alive.count()
    }

    pub(super) fn claim_sleeps(&mut self, name: &Arc<str>) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.sleeping_claims += 1;
        }
    }

    pub(super) fn claim_wakes(&mut self, name: &Arc<str>, now: Timestamp) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.sleeping_claims = worker.sleeping_claims.saturating_sub(1);
            worker.seen = now;
        }
    }

    pub(super) fn is_alive(&self, name: &Arc<str>, now: Timestamp) -> bool {
        self.workers
            .get(name)
            .is_some_and(|worker| worker.is_alive(now))
    }

    /// Returns a live worker that is not in `declined`. Prefers the worker with the latest call, which is the most
    /// likely to be alive.
    pub(super) fn alive_except(&self, declined: &[Arc<str>], now: Timestamp) -> Option<Arc<str>> {
        self.workers
            .iter()
            .filter(|(name, worker)| !declined.contains(name) && worker.is_alive(now))
            .max_by_key(|(name, worker)| (worker.seen, *name))
            .map(|(name, _)| name.clone())
    }

    /// Returns the lease duration of the worker.
    pub(super) fn lease(&self, name: &Arc<str>) -> Duration {
        self.workers
            .get(name)
            .map_or(Duration::ZERO, |worker| worker.lease)
    }

    pub(super) fn offer(&mut self, name: &Arc<str>, id: ExecutionId) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.offers.push_back(id);
        }
    }

    pub(super) fn next_offer(&mut self, name: &Arc<str>) -> Option<ExecutionId> {
        self.workers.get_mut(name)?.offers.pop_front()
    }

    pub(super) fn withdraw(&mut self, name: &Arc<str>, id: ExecutionId) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.offers.retain(|offer| *offer != id);
        }
    }

    pub(super) fn signal(&mut self, name: &Arc<str>, lease: Lease) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.signals.push(lease);
        }
    }

    pub(super) fn take_signals(&mut self, name: &Arc<str>) -> Vec<Lease> {
        self.workers
            .get_mut(name)
            .map(|worker| std::mem::take(&mut worker.signals))
            .unwrap_or_default()
    }

    /// Removes the worker, and returns the executions that were offered to it.
    pub(super) fn remove(&mut self, name: &Arc<str>) -> VecDeque<ExecutionId> {
        self.workers
            .remove(name)
            .map(|worker| worker.offers)
            .unwrap_or_default()
    }

    /// Returns the records of all live workers. `held` is the number of runs per worker.
    pub(super) fn alive(
        &self,
        now: Timestamp,
        held: &HashMap<Arc<str>, usize>,
    ) -> Vec<WorkerRecord> {
        let mut alive: Vec<WorkerRecord> = self
            .workers
            .iter()
            .filter(|(_, worker)| worker.is_alive(now))
            .map(|(name, worker)| WorkerRecord {
                name: name.clone(),
                since: worker.since,
                seen: worker.seen,
                running: held.get(name).copied().unwrap_or_default(),
            })
            .collect();
        alive.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        alive
    }
}

impl WorkerEntry {
    fn is_alive(&self, now: Timestamp) -> bool {
        self.sleeping_claims > 0 || self.seen + self.lease > now
    }
}
