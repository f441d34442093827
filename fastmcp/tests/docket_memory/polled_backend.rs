//! A memory backend that counts the polls of its waiting calls.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::memory::MemoryBackend;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Claim, Condition, Delivery, Lease, Settled,
    Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, DocketOptions, Events, ExecutionId, Key, Name, ProgressReport, Record, Snapshot,
    Timestamp,
};

/// A memory backend that counts the polls of `claim`, `signals` and `wait`.
#[derive(Debug)]
pub(crate) struct PolledBackend {
    store: MemoryBackend,
    polls: AtomicUsize,
    /// The time between a claim and the arrival of its result.
    latency: Duration,
}

impl PolledBackend {
    pub(crate) fn new() -> Arc<Self> {
        Self::with_latency(Duration::ZERO)
    }

    /// Creates a backend that delays the results of claims, like a store on the network.
    pub(crate) fn with_latency(latency: Duration) -> Arc<Self> {
        Arc::new(Self {
            store: MemoryBackend::new(DocketOptions::default()),
            polls: AtomicUsize::new(0),
            latency,
        })
    }

    pub(crate) fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }

    fn count<'a, T: 'a>(&'a self, call: BackendFuture<'a, T>) -> BackendFuture<'a, T> {
        Box::pin(Counted {
            polls: &self.polls,
            call,
        })
    }
}

struct Counted<'a, T> {
    polls: &'a AtomicUsize,
    call: BackendFuture<'a, T>,
}

impl<T> Future for Counted<'_, T> {
    type Output = Result<T, fastmcp::docket::BackendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        self.call.as_mut().poll(context)
    }
}

impl Backend for PolledBackend {
    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        self.count(Box::pin(async move {
            let answer = self.store.claim(claim).await;
            if !self.latency.is_zero() {
                tokio::time::sleep(self.latency).await;
            }
            answer
        }))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        self.count(self.store.signals(worker))
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        self.count(self.store.wait(condition))
    }

    fn now(&self) -> BackendFuture<'_, Timestamp> {
        self.store.now()
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        self.store.submit(batch)
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        self.store.settle(batch)
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        self.store.renew(worker, leases, duration)
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        self.store.report(lease, progress)
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        self.store.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        self.store.watch(target)
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        self.store.snapshot(limit)
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        self.store.deregister(worker)
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        self.store.cancel(key, reason)
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        self.store.amend(id, expected, note, wake)
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.store.strike(task)
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.store.restore(task)
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        self.store.pause()
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        self.store.resume()
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        self.store.clear()
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        self.store.dead_letters(limit)
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        self.store.replay(key)
    }
}
