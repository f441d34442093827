//! The in-memory backend: the default, and the reference for other backends.
//!
//! One lock protects all data. Each step is short, and no step awaits while it holds the lock. Sleeping calls are
//! woken by other steps or by the next timer; nothing polls.

mod admit;
mod children;
mod claim;
mod clock;
mod counts;
mod entry;
mod journal;
mod lanes;
mod listing;
mod operations;
mod owners;
mod queue;
mod retained;
mod settle;
mod slab;
mod store;
#[cfg(test)]
mod tests;
mod wakeups;
mod wall_clock;
mod watch;
mod workers;

use std::future::ready;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Notify;

use crate::docket::backend::call::{
    Admission, Amended, Claim, Condition, Settled, Settlement, Target,
};
use crate::docket::backend::contract::{Backend, BackendFuture};
use crate::docket::backend::memory::clock::Clock;
use crate::docket::backend::memory::store::Store;
use crate::docket::backend::memory::wakeups::Notifications;
use crate::docket::events::Events;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::filter::{Change, ChangedPart, Filter, Page, Range};
use crate::docket::model::journal::{Recorded, Sent};
use crate::docket::model::key::{Key, Name};
use crate::docket::model::options::DocketOptions;
use crate::docket::model::progress::ProgressReport;
use crate::docket::model::record::{ExecutionId, Record, Snapshot};
use crate::docket::model::state::Cancelled;
use crate::docket::model::stats::Stats;
use crate::docket::model::submission::Submission;
use crate::docket::model::time::{Timestamp, When};

/// A docket in the memory of this process. It exists as long as there is a handle to it.
#[derive(Debug)]
pub struct MemoryBackend {
    store: Mutex<Store>,
    clock: Clock,
    /// Wakes sleeping claims.
    work: Notify,
    /// Wakes workers that wait for cancellation signals.
    signals: Notify,
    /// Wakes `wait` calls.
    waits: Notify,
}

impl MemoryBackend {
    /// Creates an empty docket.
    #[must_use]
    pub fn new(options: DocketOptions) -> Self {
        Self {
            store: Mutex::new(Store::new(options)),
            clock: Clock::start(),
            work: Notify::new(),
            signals: Notify::new(),
            waits: Notify::new(),
        }
    }

    /// Creates an empty docket for a test, whose wall clock begins at `wall` and follows tokio's clock.
    #[cfg(feature = "testing")]
    pub(crate) fn with_wall_clock(options: DocketOptions, wall: Timestamp) -> Self {
        Self {
            clock: Clock::starting_at(wall),
            ..Self::new(options)
        }
    }

    /// Returns whether a worker waits for work, so that what is queued cannot run.
    #[cfg(feature = "testing")]
    pub(crate) fn has_sleeping_claims(&self) -> bool {
        self.lock().wakeups.sleeping_claims > 0
    }

    /// Runs one step under the lock. Sends the wake-ups after the lock is released, so that woken calls do not block
    /// on it.
    fn step<T>(&self, step: impl FnOnce(&mut Store, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut store = self.lock();
        let before = store.pending;
        if let Some(deviation) = self.clock.deviation() {
            store.follow_wall_clock(deviation);
        }
        store.pass_time(now);
        let result = step(&mut store, now);
        store.cancel_orphans(now);
        let pending = store.pending;
        let notifications = store.wakeups.take(before, pending);
        drop(store);
        self.notify(&notifications);
        result
    }

    /// Runs one step, and returns its result as a ready future.
    fn ready<'a, T: Send + 'a>(
        &'a self,
        step: impl FnOnce(&mut Store, Timestamp) -> T,
    ) -> BackendFuture<'a, T> {
        Box::pin(ready(Ok(self.step(step))))
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        // No user code runs under the lock, so only a bug in this module can poison it. The other executions
        // continue.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn notify(&self, notifications: &Notifications) {
        if notifications.all_claims {
            self.work.notify_waiters();
        } else {
            for _ in 0..notifications.claims {
                self.work.notify_one();
            }
        }
        if notifications.signals {
            self.signals.notify_waiters();
        }
        if notifications.waits {
            self.waits.notify_waiters();
        }
        for letter in &notifications.dead_letters {
            letter.log();
        }
    }

    async fn claim_when_ready(&self, claim: Claim) -> Vec<Delivery> {
        loop {
            // Register for wake-ups before the check, so that a wake-up between the check and the sleep is not lost.
            let mut woken = pin!(self.work.notified());
            woken.as_mut().enable();
            let mut sleeping = None;
            let (deliveries, next) = self.step(|store, now| {
                let deliveries = store.claim(&claim, now);
                if deliveries.is_empty() {
                    sleeping = Some(SleepingClaim::begin(self, store, &claim.worker));
                }
                let next = store.next_moment();
                if self.clock.can_be_stepped() {
                    (deliveries, store.next_look(now, next))
                } else {
                    (deliveries, next)
                }
            });
            if !deliveries.is_empty() {
                return deliveries;
            }
            match next {
                Some(moment) => {
                    let _ = tokio::time::timeout_at(self.clock.instant(moment), woken).await;
                }
                None => woken.await,
            }
            drop(sleeping);
        }
    }

    async fn wait_until(&self, condition: Condition) {
        let threshold = match condition {
            Condition::PendingAtMost(threshold) => threshold,
            Condition::Room => self.lock().options.capacity.saturating_sub(1),
        };
        let _threshold = Threshold::add(self, threshold);
        loop {
            let mut woken = pin!(self.waits.notified());
            woken.as_mut().enable();
            if self.step(|store, _| store.pending <= threshold) {
                return;
            }
            woken.await;
        }
    }

    async fn wait_for_signals(&self, worker: &Arc<str>) -> Vec<Lease> {
        loop {
            let mut woken = pin!(self.signals.notified());
            woken.as_mut().enable();
            let signals = self.lock().workers.take_signals(worker);
            if !signals.is_empty() {
                return signals;
            }
            woken.await;
        }
    }
}

/// Counts a claim as sleeping until it wakes up or is dropped.
struct SleepingClaim<'a> {
    backend: &'a MemoryBackend,
    worker: Arc<str>,
}

impl<'a> SleepingClaim<'a> {
    fn begin(backend: &'a MemoryBackend, store: &mut Store, worker: &Arc<str>) -> Self {
        store.wakeups.sleeping_claims += 1;
        store.workers.claim_sleeps(worker);
        Self {
            backend,
            worker: worker.clone(),
        }
    }
}

// A destructor, because the caller may drop the claim's future at any time.
impl Drop for SleepingClaim<'_> {
    fn drop(&mut self) {
        let now = self.backend.clock.now();
        let mut store = self.backend.lock();
        store.wakeups.sleeping_claims -= 1;
        store.workers.claim_wakes(&self.worker, now);
    }
}

/// Registers the threshold of a `wait` call until the call returns or is dropped.
struct Threshold<'a> {
    backend: &'a MemoryBackend,
    threshold: usize,
}

impl<'a> Threshold<'a> {
    fn add(backend: &'a MemoryBackend, threshold: usize) -> Self {
        backend.lock().wakeups.thresholds.push(threshold);
        Self { backend, threshold }
    }
}

impl Drop for Threshold<'_> {
    fn drop(&mut self) {
        let mut store = self.backend.lock();
        let thresholds = &mut store.wakeups.thresholds;
        if let Some(index) = thresholds.iter().position(|it| *it == self.threshold) {
            thresholds.swap_remove(index);
        }
    }
}

impl Backend for MemoryBackend {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        self.ready(|store, now| store.wall(now))
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        self.ready(|store, now| {
            batch
                .into_iter()
                .map(|submission| store.admit(submission, now))
                .collect()
        })
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(async move { Ok(self.claim_when_ready(claim).await) })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        self.ready(|store, now| {
            batch
                .iter()
                .map(|settlement| store.settle(settlement, now))
                .collect()
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        self.ready(|store, now| store.renew(worker, leases, duration, now))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(async move { Ok(self.wait_for_signals(worker).await) })
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        self.ready(|store, now| store.report(lease, progress, now))
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        self.ready(|store, _| store.record(lease, name, value))
    }

    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent> {
        self.ready(|store, now| store.receive_signal(key, name, value, now))
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        self.ready(|store, now| store.deregister(worker, now))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        self.ready(|store, _| {
            let id = store.locate(target)?;
            Some(store.on_wall(store.slab.get(id)?.record(id)))
        })
    }

    fn envelope(&self, id: ExecutionId) -> BackendFuture<'_, Option<Bytes>> {
        self.ready(move |store, _| {
            let envelope = &store.slab.get(id)?.envelope;
            (!envelope.is_empty()).then(|| envelope.clone())
        })
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        self.ready(|store, _| store.watch(target))
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        self.ready(|store, now| store.snapshot(limit, now))
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        self.ready(|store, now| store.cancel(key, reason, now))
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        self.ready(|store, now| store.amend(id, expected, note, wake, now))
    }

    fn reschedule<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a str,
        when: When,
        timetable: &'a str,
    ) -> BackendFuture<'a, bool> {
        self.ready(move |store, now| store.move_due_time(id, expected, when, timetable, now))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.ready(|store, _| store.strike(task))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.ready(|store, _| store.restore(task))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        self.ready(|store, _| store.pause())
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        self.ready(|store, _| store.resume())
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        self.ready(Store::clear)
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        self.ready(|store, _| store.dead_letters(limit))
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        self.ready(|store, now| store.replay(key, now))
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        self.ready(move |store, _| store.list(filter, range, limit))
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        self.ready(move |store, now| store.change(change, filter, range, now))
    }

    fn stats(&self) -> BackendFuture<'_, Stats> {
        self.ready(|store, now| store.stats(now))
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(async move {
            self.wait_until(condition).await;
            Ok(())
        })
    }
}
