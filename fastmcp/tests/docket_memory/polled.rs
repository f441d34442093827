//! A backend that counts the polls of waiting calls.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use fastmcp::docket::backend::{
    Admission, Answer, Backend, Claim, Claimed, Command, Condition, Hold, Message, Reply, Settled,
    Settlement, Target,
};
use fastmcp::docket::memory::MemoryBackend;
use fastmcp::docket::{DocketOptions, Events, ProgressReport, Record, Snapshot, Timestamp};

/// The memory backend, with the polls of `claim`, `signals` and `wait` counted.
#[derive(Debug)]
pub(crate) struct Polled {
    store: MemoryBackend,
    polls: AtomicUsize,
    /// The delay of the response to a claim.
    way: Duration,
}

impl Polled {
    pub(crate) fn new() -> Arc<Self> {
        Self::at_a_distance(Duration::ZERO)
    }

    /// Delays the response, as a store on the network does.
    pub(crate) fn at_a_distance(way: Duration) -> Arc<Self> {
        Arc::new(Self {
            store: MemoryBackend::new(DocketOptions::default()),
            polls: AtomicUsize::new(0),
            way,
        })
    }

    pub(crate) fn polls(&self) -> usize {
        self.polls.load(Ordering::SeqCst)
    }

    fn count<'a, T: 'a>(&'a self, call: Answer<'a, T>) -> Answer<'a, T> {
        Box::pin(Counted {
            polls: &self.polls,
            call,
        })
    }
}

struct Counted<'a, T> {
    polls: &'a AtomicUsize,
    call: Answer<'a, T>,
}

impl<T> Future for Counted<'_, T> {
    type Output = Result<T, fastmcp::docket::BackendError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.polls.fetch_add(1, Ordering::SeqCst);
        self.call.as_mut().poll(context)
    }
}

impl Backend for Polled {
    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        self.count(Box::pin(async move {
            let answer = self.store.claim(claim).await;
            if !self.way.is_zero() {
                tokio::time::sleep(self.way).await;
            }
            answer
        }))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        self.count(self.store.signals(worker))
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        self.count(self.store.wait(condition))
    }

    fn now(&self) -> Answer<'_, Timestamp> {
        self.store.now()
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        self.store.submit(batch)
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        self.store.settle(batch)
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        self.store.renew(worker, holds, lease)
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        self.store.report(hold, progress)
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        self.store.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
        self.store.watch(target)
    }

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        self.store.survey(limit)
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        self.store.control(command)
    }
}
