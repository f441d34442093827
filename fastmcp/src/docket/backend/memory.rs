//! The backend in this process: the default, and the reference for every other.
//!
//! One lock around plain data; every step is short and none awaits under it. What sleeps is woken by what happens or
//! by the next due time, and nothing polls.

pub(crate) mod admit;
pub(crate) mod claim;
pub(crate) mod clock;
pub(crate) mod control;
pub(crate) mod entry;
pub(crate) mod lanes;
pub(crate) mod queue;
pub(crate) mod settle;
pub(crate) mod slab;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod tests;
pub(crate) mod wakes;
pub(crate) mod watch;
pub(crate) mod workers;

use std::future::ready;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::docket::backend::call::{
    Admission, Claim, Claimed, Command, Condition, Hold, Message, Reply, Settled, Settlement,
    Target,
};
use crate::docket::backend::contract::{Answer, Backend};
use crate::docket::events::Events;
use crate::docket::model::options::DocketOptions;
use crate::docket::model::record::{Record, Snapshot};
use crate::docket::model::time::Timestamp;
use crate::docket::progress::ProgressReport;

use crate::docket::backend::memory::clock::Clock;
use crate::docket::backend::memory::store::Store;
use crate::docket::backend::memory::wakes::Rings;

/// A docket in the memory of this process. It lives as long as the last handle to it.
#[derive(Debug)]
pub struct MemoryBackend {
    store: Mutex<Store>,
    clock: Clock,
    work: Notify,
    signals: Notify,
    waits: Notify,
}

impl MemoryBackend {
    /// An empty docket.
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

    /// One step under the lock, then the wake-ups that it asks for.
    fn step<T>(&self, step: impl FnOnce(&mut Store, Timestamp) -> T) -> T {
        let now = self.clock.now();
        let mut store = self.lock();
        let before = store.pending;
        store.pass_time(now);
        let answer = step(&mut store, now);
        let pending = store.pending;
        let rings = store.wakes.rings(before, pending);
        drop(store);
        self.ring(&rings);
        answer
    }

    fn lock(&self) -> MutexGuard<'_, Store> {
        // No code of a user runs under the lock: a poisoned one still holds whole steps.
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, rings: &Rings) {
        if rings.all_claims {
            self.work.notify_waiters();
        } else {
            for _ in 0..rings.claims {
                self.work.notify_one();
            }
        }
        if rings.signals {
            self.signals.notify_waiters();
        }
        if rings.waits {
            self.waits.notify_waiters();
        }
    }

    async fn claim_when_ready(&self, claim: Claim) -> Vec<Claimed> {
        loop {
            let mut woken = pin!(self.work.notified());
            woken.as_mut().enable();
            let mut asleep = None;
            let (claimed, next) = self.step(|store, now| {
                let claimed = store.claim(&claim, now);
                if claimed.is_empty() {
                    asleep = Some(Asleep::begin(self, store, &claim.worker));
                }
                (claimed, store.next_moment())
            });
            if !claimed.is_empty() {
                return claimed;
            }
            match next {
                Some(moment) => {
                    let _ = tokio::time::timeout_at(self.clock.instant(moment), woken).await;
                }
                None => woken.await,
            }
            drop(asleep);
        }
    }

    async fn wait_until(&self, condition: Condition) {
        let mark = match condition {
            Condition::PendingAtMost(mark) => mark,
            Condition::Room => self.lock().options.capacity.saturating_sub(1),
        };
        let _mark = Mark::set(self, mark);
        loop {
            let mut woken = pin!(self.waits.notified());
            woken.as_mut().enable();
            if self.step(|store, _| store.pending <= mark) {
                return;
            }
            woken.await;
        }
    }

    async fn signalled(&self, worker: &Arc<str>) -> Vec<Hold> {
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

/// A claim that sleeps, for as long as it does; also when it is dropped.
struct Asleep<'a> {
    backend: &'a MemoryBackend,
    worker: Arc<str>,
}

impl<'a> Asleep<'a> {
    fn begin(backend: &'a MemoryBackend, store: &mut Store, worker: &Arc<str>) -> Self {
        store.wakes.claims_asleep += 1;
        store.workers.sleeps(worker);
        Self {
            backend,
            worker: worker.clone(),
        }
    }
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        let now = self.backend.clock.now();
        let mut store = self.backend.lock();
        store.wakes.claims_asleep -= 1;
        store.workers.wakes(&self.worker, now);
    }
}

/// The mark of a sleeping `wait`.
struct Mark<'a> {
    backend: &'a MemoryBackend,
    mark: usize,
}

impl<'a> Mark<'a> {
    fn set(backend: &'a MemoryBackend, mark: usize) -> Self {
        backend.lock().wakes.marks.push(mark);
        Self { backend, mark }
    }
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        let mut store = self.backend.lock();
        if let Some(place) = store.wakes.marks.iter().position(|mark| *mark == self.mark) {
            store.wakes.marks.swap_remove(place);
        }
    }
}

impl Backend for MemoryBackend {
    fn now(&self) -> Answer<'_, Timestamp> {
        Box::pin(ready(Ok(self.clock.now())))
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        Box::pin(ready(Ok(self.step(|store, now| {
            batch
                .into_iter()
                .map(|message| store.admit(message, now))
                .collect()
        }))))
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move { Ok(self.claim_when_ready(claim).await) })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        Box::pin(ready(Ok(self.step(|store, now| {
            batch
                .iter()
                .map(|settlement| store.settle(settlement.hold, &settlement.verdict, now))
                .collect()
        }))))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        Box::pin(ready(Ok(
            self.step(|store, now| store.renew(worker, holds, lease, now))
        )))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        Box::pin(async move { Ok(self.signalled(worker).await) })
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        Box::pin(ready(Ok(
            self.step(|store, now| store.report(hold, progress, now))
        )))
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        Box::pin(ready(Ok(self.step(|store, _| {
            let id = store.locate(target)?;
            Some(store.slab.get(id)?.record(id))
        }))))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
        Box::pin(ready(Ok(self.step(|store, _| store.watch(target)))))
    }

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        Box::pin(ready(Ok(self.step(|store, now| store.survey(limit, now)))))
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        Box::pin(ready(Ok(
            self.step(|store, now| store.control(command, now))
        )))
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        Box::pin(async move {
            self.wait_until(condition).await;
            Ok(())
        })
    }
}
