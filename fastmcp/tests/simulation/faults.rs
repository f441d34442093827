//! The network and the process between a worker and its store: calls are refused or delayed, responses are lost; the
//! process dies at the worst moments, or is cut off for a while and returns as a zombie.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::docket::backend::{
    Admission, Answer, Backend, BackendError, Claim, Claimed, Command, Condition, Hold, Message,
    Reply, Settled, Settlement, Target,
};
use fastmcp::docket::{Events, ProgressReport, Record, Snapshot, Timestamp};
use fastrand::Rng;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use crate::history::{Entry, Scribe};

/// One process and its connection to the store.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    store: Arc<dyn Backend>,
    random: Mutex<Rng>,
    scribe: Scribe,
    /// After it is cancelled, nothing in this process continues.
    pub(crate) dead: CancellationToken,
    /// Shared by all processes: set when no more faults occur.
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

    /// The process is killed with SIGKILL.
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

    /// The faults of a request or a response.
    async fn weather(&self) -> Result<(), BackendError> {
        let draw = self.draw();
        match draw {
            0..4 => self.die(),
            4..20 => return Err(BackendError::new("refused")),
            20..60 => sleep(Duration::from_millis(u64::from(draw))).await,
            // Cut off for longer than the lease, so its runs become zombies.
            60..63 => sleep(Duration::from_secs(8)).await,
            _ => {}
        }
        if self.dead.is_cancelled() {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn through<T>(&self, call: Answer<'_, T>) -> Result<T, BackendError> {
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
    fn now(&self) -> Answer<'_, Timestamp> {
        Box::pin(self.through(self.store.now()))
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        // The call is made at the first poll of the future, so a refusal comes before it.
        Box::pin(self.through(Box::pin(async move { self.store.submit(batch).await })))
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(self.through(Box::pin(async move {
            // In a separate task: a sleeping call dies with its process, even if nothing polls it.
            let (store, dead) = (self.store.clone(), self.dead.clone());
            let call =
                tokio::spawn(async move { dead.run_until_cancelled(store.claim(claim)).await });
            match AbortOnDropHandle::new(call).await {
                Ok(Some(answer)) => answer,
                _ => std::future::pending().await,
            }
        })))
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        Box::pin(self.through(Box::pin(async move { self.store.settle(batch).await })))
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        Box::pin(self.through(Box::pin(async move {
            self.store.renew(worker, holds, lease).await
        })))
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        Box::pin(self.through(self.store.signals(worker)))
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        Box::pin(self.through(Box::pin(
            async move { self.store.report(hold, progress).await },
        )))
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        Box::pin(self.through(self.store.find(target)))
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
        Box::pin(self.through(self.store.watch(target)))
    }

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        Box::pin(self.through(self.store.survey(limit)))
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        Box::pin(self.through(Box::pin(async move { self.store.control(command).await })))
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        Box::pin(self.through(self.store.wait(condition)))
    }
}
