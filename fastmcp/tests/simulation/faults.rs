//! A process with faults between its worker and the store: calls fail, are delayed or lose their
//! result; the process dies before or after a call, or is disconnected for longer than its lease
//! and continues as a zombie.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendError, BackendFuture, Change, ChangedPart, Claim,
    Condition, Delivery, Lease, Page, Range, Recorded, Sent, Settled, Settlement, Stats,
    Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, Filter, Key, Name, ProgressReport, Record, Snapshot, Timestamp,
};
use fastrand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::history::{Entry, Recorder};

/// A simulated process: a backend that passes calls to the store and injects faults.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    store: Arc<dyn Backend>,
    random: Mutex<Rng>,
    recorder: Recorder,
    /// Cancelled when the process dies; nothing in it continues.
    pub(crate) dead: CancellationToken,
    /// Set at the end of the simulation, for all processes: no more faults are injected.
    faults_disabled: Arc<AtomicBool>,
}

impl Process {
    pub(crate) fn new(
        name: String,
        store: Arc<dyn Backend>,
        seed: u64,
        recorder: Recorder,
        faults_disabled: Arc<AtomicBool>,
    ) -> Self {
        Self {
            name,
            store,
            random: Mutex::new(Rng::with_seed(seed)),
            recorder,
            dead: CancellationToken::new(),
            faults_disabled,
        }
    }

    /// Ends the process without cleanup, like SIGKILL.
    pub(crate) fn die(&self) {
        if !self.dead.is_cancelled() {
            self.recorder.record(Entry::Died {
                worker: self.name.clone(),
            });
            self.dead.cancel();
        }
    }

    pub(crate) fn are_faults_disabled(&self) -> bool {
        self.faults_disabled.load(Ordering::SeqCst)
    }

    fn draw(&self) -> u8 {
        if self.are_faults_disabled() {
            return u8::MAX;
        }
        self.random.lock().expect("the lock is not poisoned").u8(..)
    }

    /// Injects a random fault. It runs before and after each call: a fault after the call loses the
    /// result of a call that took effect.
    async fn inject_fault(&self) -> Result<(), BackendError> {
        let draw = self.draw();
        match draw {
            0..4 => self.die(),
            4..20 => return Err(BackendError::new("injected fault")),
            20..60 => sleep(Duration::from_millis(u64::from(draw))).await,
            // Longer than the lease: bodies that run here are zombies afterwards.
            60..63 => sleep(Duration::from_secs(8)).await,
            _ => {}
        }
        if self.dead.is_cancelled() {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn send<T>(&self, call: BackendFuture<'_, T>) -> Result<T, BackendError> {
        self.inject_fault().await?;
        let answer = tokio::select! {
            biased;
            () = self.dead.cancelled() => std::future::pending().await,
            answer = call => answer?,
        };
        self.inject_fault().await?;
        Ok(answer)
    }
}

impl Backend for Process {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        Box::pin(self.send(self.store.now()))
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        // The memory store acts when it is called. The async block delays that until after the first fault.
        Box::pin(self.send(Box::pin(async move { self.store.submit(batch).await })))
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(self.send(Box::pin(async move {
            // In a separate tokio task, so that a sleeping claim ends with its process even if
            // nothing polls it.
            let (store, dead) = (self.store.clone(), self.dead.clone());
            let call =
                tokio::spawn(async move { dead.run_until_cancelled(store.claim(claim)).await });
            match AbortOnDropHandle::new(call).await {
                Ok(Some(answer)) => answer,
                _ => std::future::pending().await,
            }
        })))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(self.send(Box::pin(async move { self.store.settle(batch).await })))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.send(Box::pin(async move {
            self.store.renew(worker, leases, duration).await
        })))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.send(self.store.signals(worker)))
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        Box::pin(self.send(Box::pin(
            async move { self.store.report(lease, progress).await },
        )))
    }

    fn record<'a>(
        &'a self,
        lease: Lease,
        name: &'a str,
        value: Bytes,
    ) -> BackendFuture<'a, Recorded> {
        Box::pin(self.send(Box::pin(async move {
            self.store.record(lease, name, value).await
        })))
    }

    fn signal<'a>(&'a self, key: &'a Key, name: &'a str, value: Bytes) -> BackendFuture<'a, Sent> {
        Box::pin(self.send(Box::pin(async move {
            self.store.signal(key, name, value).await
        })))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        Box::pin(self.send(self.store.find(target)))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        Box::pin(self.send(self.store.watch(target)))
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        Box::pin(self.send(self.store.snapshot(limit)))
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        Box::pin(self.send(Box::pin(async move { self.store.deregister(worker).await })))
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        Box::pin(self.send(Box::pin(
            async move { self.store.cancel(key, reason).await },
        )))
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        Box::pin(self.send(Box::pin(async move {
            self.store.amend(id, expected, note, wake).await
        })))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.send(Box::pin(async move { self.store.strike(task).await })))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.send(Box::pin(async move { self.store.restore(task).await })))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.send(Box::pin(async move { self.store.pause().await })))
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.send(Box::pin(async move { self.store.resume().await })))
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        Box::pin(self.send(Box::pin(async move { self.store.clear().await })))
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        Box::pin(self.send(Box::pin(
            async move { self.store.dead_letters(limit).await },
        )))
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(self.send(Box::pin(async move { self.store.replay(key).await })))
    }

    fn list<'a>(
        &'a self,
        filter: &'a Filter,
        range: Range,
        limit: usize,
    ) -> BackendFuture<'a, Page> {
        Box::pin(self.send(self.store.list(filter, range, limit)))
    }

    fn change<'a>(
        &'a self,
        change: Change,
        filter: &'a Filter,
        range: Range,
    ) -> BackendFuture<'a, ChangedPart> {
        Box::pin(self.send(self.store.change(change, filter, range)))
    }

    fn stats(&self) -> BackendFuture<'_, Stats> {
        Box::pin(self.send(self.store.stats()))
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(self.send(self.store.wait(condition)))
    }
}
