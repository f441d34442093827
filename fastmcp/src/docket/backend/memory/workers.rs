//! The workers that a memory docket knows, and what waits for one of them in particular.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::docket::backend::call::Hold;
use crate::docket::model::record::{ExecutionId, WorkerRecord};
use crate::docket::model::time::Timestamp;

/// The workers of a docket by name.
#[derive(Debug, Default)]
pub(crate) struct Workers {
    workers: HashMap<Arc<str>, WorkerEntry>,
}

#[derive(Debug)]
struct WorkerEntry {
    since: Timestamp,
    seen: Timestamp,
    lease: Duration,
    /// Claims of this worker that sleep: as long as there is one, it is alive.
    asleep: usize,
    /// Executions that other workers do not know.
    offers: VecDeque<ExecutionId>,
    /// Runs to cancel.
    signals: Vec<Hold>,
}

impl Workers {
    pub(crate) fn seen(&mut self, name: &Arc<str>, lease: Duration, now: Timestamp) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.seen = now;
            worker.lease = lease;
            return;
        }
        // A docket that workers come to and go from forgets those that were not heard of for long.
        self.workers
            .retain(|_, known| known.is_alive(now) || !known.offers.is_empty());
        self.workers.insert(
            name.clone(),
            WorkerEntry {
                since: now,
                seen: now,
                lease,
                asleep: 0,
                offers: VecDeque::new(),
                signals: Vec::new(),
            },
        );
    }

    pub(crate) fn sleeps(&mut self, name: &Arc<str>) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.asleep += 1;
        }
    }

    pub(crate) fn wakes(&mut self, name: &Arc<str>, now: Timestamp) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.asleep = worker.asleep.saturating_sub(1);
            worker.seen = now;
        }
    }

    pub(crate) fn is_alive(&self, name: &Arc<str>, now: Timestamp) -> bool {
        self.workers
            .get(name)
            .is_some_and(|worker| worker.is_alive(now))
    }

    /// Some worker that is alive and not among those who refused.
    pub(crate) fn other_than(&self, refused: &[Arc<str>], now: Timestamp) -> Option<Arc<str>> {
        self.workers
            .iter()
            .filter(|(name, worker)| !refused.contains(name) && worker.is_alive(now))
            .max_by_key(|(name, worker)| (worker.seen, *name))
            .map(|(name, _)| name.clone())
    }

    /// How long the worker may be silent.
    pub(crate) fn lease(&self, name: &Arc<str>) -> Duration {
        self.workers
            .get(name)
            .map_or(Duration::ZERO, |worker| worker.lease)
    }

    pub(crate) fn offer(&mut self, name: &Arc<str>, id: ExecutionId) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.offers.push_back(id);
        }
    }

    pub(crate) fn next_offer(&mut self, name: &Arc<str>) -> Option<ExecutionId> {
        self.workers.get_mut(name)?.offers.pop_front()
    }

    pub(crate) fn take_back(&mut self, name: &Arc<str>, id: ExecutionId) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.offers.retain(|offer| *offer != id);
        }
    }

    pub(crate) fn signal(&mut self, name: &Arc<str>, hold: Hold) {
        if let Some(worker) = self.workers.get_mut(name) {
            worker.signals.push(hold);
        }
    }

    pub(crate) fn take_signals(&mut self, name: &Arc<str>) -> Vec<Hold> {
        self.workers
            .get_mut(name)
            .map(|worker| std::mem::take(&mut worker.signals))
            .unwrap_or_default()
    }

    /// Removes the worker and returns what was offered to it.
    pub(crate) fn leave(&mut self, name: &Arc<str>) -> VecDeque<ExecutionId> {
        self.workers
            .remove(name)
            .map(|worker| worker.offers)
            .unwrap_or_default()
    }

    pub(crate) fn alive(
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
        self.asleep > 0 || self.seen + self.lease > now
    }
}
