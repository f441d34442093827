//! The network and the process between a worker and its store: calls are refused, delayed, answered to nobody; the
//! process dies at the worst moments, or is cut off for a while and comes back as a zombie.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendError, BackendFuture, Claim, Condition, Delivery, Lease,
    Settled, Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, Key, Name, ProgressReport, Record, Snapshot, Timestamp,
};
use fastrand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::history::{Entry, Scribe};

/// One process, and its way to the store.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    store: Arc<dyn Backend>,
    random: Mutex<Rng>,
    scribe: Scribe,
    /// Once cancelled, nothing in this process goes on.
    pub(crate) dead: CancellationToken,
    /// Over all processes: the time of faults is over.
    calm: Arc<AtomicBool>,
}

impl Process {
    pub(crate) fn new(
        name: String,
        store: Arc<dyn Backend>,
        seed: u64,
        scribe: Scribe,
        calm: Arc<AtomicBool>,
    ) -> Self {
        Self {
            name,
            store,
            random: Mutex::new(Rng::with_seed(seed)),
            scribe,
            dead: CancellationToken::new(),
            calm,
        }
    }

    /// SIGKILL.
    pub(crate) fn die(&self) {
        if !self.dead.is_cancelled() {
            self.scribe.write(Entry::Died {
                worker: self.name.clone(),
            });
            self.dead.cancel();
        }
    }

    pub(crate) fn is_calm(&self) -> bool {
        self.calm.load(Ordering::SeqCst)
    }

    fn draw(&self) -> u8 {
        if self.is_calm() {
            return u8::MAX;
        }
        self.random.lock().expect("no panic under the lock").u8(..)
    }

    /// What can happen on the way to the store, or on the way back.
    async fn weather(&self) -> Result<(), BackendError> {
        let draw = self.draw();
        match draw {
            0..4 => self.die(),
            4..20 => return Err(BackendError::new("refused")),
            20..60 => sleep(Duration::from_millis(u64::from(draw))).await,
            // Cut off for longer than the lease: what runs here is a zombie then.
            60..63 => sleep(Duration::from_secs(8)).await,
            _ => {}
        }
        if self.dead.is_cancelled() {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn through<T>(&self, call: BackendFuture<'_, T>) -> Result<T, BackendError> {
        self.weather().await?;
        let answer = tokio::select! {
            biased;
            () = self.dead.cancelled() => std::future::pending().await,
            answer = call => answer?,
        };
        self.weather().await?;
        Ok(answer)
    }
}

impl Backend for Process {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        Box::pin(self.through(self.store.now()))
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        // The call is made when the future is first polled, so that a refusal comes before it.
        Box::pin(self.through(Box::pin(async move { self.store.submit(batch).await })))
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(self.through(Box::pin(async move {
            // In a task of its own: a call that sleeps dies with its process, whether anybody polls it or not.
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
        Box::pin(self.through(Box::pin(async move { self.store.settle(batch).await })))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.through(Box::pin(async move {
            self.store.renew(worker, leases, duration).await
        })))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        Box::pin(self.through(self.store.signals(worker)))
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        Box::pin(self.through(Box::pin(
            async move { self.store.report(lease, progress).await },
        )))
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        Box::pin(self.through(self.store.find(target)))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        Box::pin(self.through(self.store.watch(target)))
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        Box::pin(self.through(self.store.snapshot(limit)))
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        Box::pin(self.through(Box::pin(async move { self.store.deregister(worker).await })))
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        Box::pin(self.through(Box::pin(
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
        Box::pin(self.through(Box::pin(async move {
            self.store.amend(id, expected, note, wake).await
        })))
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.through(Box::pin(async move { self.store.strike(task).await })))
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        Box::pin(self.through(Box::pin(async move { self.store.restore(task).await })))
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.through(Box::pin(async move { self.store.pause().await })))
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        Box::pin(self.through(Box::pin(async move { self.store.resume().await })))
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        Box::pin(self.through(Box::pin(async move { self.store.clear().await })))
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        Box::pin(self.through(Box::pin(
            async move { self.store.dead_letters(limit).await },
        )))
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        Box::pin(self.through(Box::pin(async move { self.store.replay(key).await })))
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        Box::pin(self.through(self.store.wait(condition)))
    }
}
