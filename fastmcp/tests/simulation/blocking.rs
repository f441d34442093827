//! A backend in front of a store that answers from another thread: a call is made and answered when it is first polled, as
//! in memory. Otherwise the order of the records could differ from the order in the store.

use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Change, ChangedPart, Claim, Condition, Delivery,
    Lease, Page, Range, Recorded, Sent, Settled, Settlement, Stats, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, Filter, Key, Name, ProgressReport, Record, Snapshot, Timestamp,
};

/// Blocks the thread during each call, except those that wait for events.
#[derive(Debug)]
pub(crate) struct Blocking<B>(pub(crate) B);

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Returns a future that is ready when it is first polled.
fn now<'a, T: Send + 'a>(call: BackendFuture<'a, T>) -> BackendFuture<'a, T> {
    Box::pin(async move {
        // The budget of the surrounding task is only filled up when that task yields.
        let mut call = std::pin::pin!(tokio::task::unconstrained(call));
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            if let Poll::Ready(answer) = call.as_mut().poll(&mut Context::from_waker(&waker)) {
                return answer;
            }
            std::thread::park();
        }
    })
}

impl<B: Backend> Backend for Blocking<B> {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        now(self.0.now())
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        now(self.0.submit(batch))
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        self.0.claim(claim)
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        now(self.0.settle(batch))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        now(self.0.renew(worker, leases, duration))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        self.0.signals(worker)
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        now(self.0.report(lease, progress))
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        now(self.0.deregister(worker))
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        now(self.0.record(lease, name, value))
    }

    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent> {
        now(self.0.signal(key, name, value))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        now(self.0.find(target))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        now(self.0.watch(target))
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        now(self.0.snapshot(limit))
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        now(self.0.cancel(key, reason))
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        now(self.0.amend(id, expected, note, wake))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        now(self.0.strike(task))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        now(self.0.restore(task))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        now(self.0.pause())
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        now(self.0.resume())
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        now(self.0.clear())
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        now(self.0.dead_letters(limit))
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        now(self.0.replay(key))
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        now(self.0.list(filter, range, limit))
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        now(self.0.change(change, filter, range))
    }

    fn stats(&self) -> BackendFuture<'_, Stats> {
        now(self.0.stats())
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        self.0.wait(condition)
    }
}
