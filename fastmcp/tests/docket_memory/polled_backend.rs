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
};

use crate::delegate::delegate;

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

    delegate!(
        store: now, check, submit, settle, renew, report, record, signal, find, watch, snapshot, deregister, cancel,
        amend, reschedule, strike, restore, pause, resume, clear, dead_letters, replay,
        list, change, stats,
    );
}
