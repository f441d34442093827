//! A backend that logs claims and the results of settlements.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use fastmcp::docket::backend::{
    Admission, Amended, Backend, BackendFuture, Claim, Condition, Delivery, Lease, Settled,
    Settlement, Submission, Target,
};
use fastmcp::docket::{
    Cancelled, Events, ExecutionId, Key, Name, ProgressReport, Record, Snapshot, Timestamp,
};

/// An append-only log file. After `write` returns, the operating system has the line, even if the process is killed.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Mutex<File>>);

impl Log {
    pub(crate) fn append(path: &str) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Self(Arc::new(Mutex::new(file.expect("the log can be opened"))))
    }

    pub(crate) fn write(&self, line: &str) {
        let mut file = self.0.lock().expect("the lock is not poisoned");
        file.write_all(format!("{line}\n").as_bytes())
            .expect("the log is writable");
    }
}

#[derive(Debug)]
pub(crate) struct LoggingBackend {
    inner: Arc<dyn Backend>,
    log: Log,
}

impl LoggingBackend {
    pub(crate) fn new(inner: Arc<dyn Backend>, log: Log) -> Self {
        Self { inner, log }
    }
}

impl Backend for LoggingBackend {
    fn now(&self) -> BackendFuture<'_, Timestamp> {
        self.inner.now()
    }

    fn submit(&self, batch: Vec<Submission>) -> BackendFuture<'_, Vec<Admission>> {
        self.inner.submit(batch)
    }

    fn claim(&self, claim: Claim) -> BackendFuture<'_, Vec<Delivery>> {
        Box::pin(async move {
            let claimed = self.inner.claim(claim).await?;
            for run in &claimed {
                let (id, token) = (run.lease.id.0, run.lease.token);
                let (now, delivery) = (run.claimed.as_micros(), run.delivery);
                self.log
                    .write(&format!("C {id} {token} {now} {delivery} {}", run.key));
            }
            Ok(claimed)
        })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> BackendFuture<'a, Vec<Settled>> {
        Box::pin(async move {
            let answers = self.inner.settle(batch).await?;
            for (settlement, answer) in batch.iter().zip(&answers) {
                let Lease { id, token } = settlement.lease;
                let answer = match answer {
                    Settled::Done(state) => state.to_string(),
                    _ => "fenced".into(),
                };
                self.log.write(&format!("S {} {token} {answer}", id.0));
            }
            Ok(answers)
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        leases: &'a [Lease],
        duration: Duration,
    ) -> BackendFuture<'a, Vec<Lease>> {
        self.inner.renew(worker, leases, duration)
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, Vec<Lease>> {
        self.inner.signals(worker)
    }

    fn report(&self, lease: Lease, progress: ProgressReport) -> BackendFuture<'_, Settled> {
        self.inner.report(lease, progress)
    }

    fn find<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<Record>> {
        self.inner.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> BackendFuture<'a, Option<(Record, Events)>> {
        self.inner.watch(target)
    }

    fn snapshot(&self, limit: usize) -> BackendFuture<'_, Snapshot> {
        self.inner.snapshot(limit)
    }

    fn deregister<'a>(&'a self, worker: &'a Arc<str>) -> BackendFuture<'a, ()> {
        self.inner.deregister(worker)
    }

    fn cancel<'a>(&'a self, key: &'a Key, reason: &'a str) -> BackendFuture<'a, Cancelled> {
        self.inner.cancel(key, reason)
    }

    fn amend<'a>(
        &'a self,
        id: ExecutionId,
        expected: &'a Bytes,
        note: Bytes,
        wake: bool,
    ) -> BackendFuture<'a, Amended> {
        self.inner.amend(id, expected, note, wake)
    }

    fn strike<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.inner.strike(task)
    }

    fn restore<'a>(&'a self, task: &'a Name) -> BackendFuture<'a, ()> {
        self.inner.restore(task)
    }

    fn pause(&self) -> BackendFuture<'_, ()> {
        self.inner.pause()
    }

    fn resume(&self) -> BackendFuture<'_, ()> {
        self.inner.resume()
    }

    fn clear(&self) -> BackendFuture<'_, usize> {
        self.inner.clear()
    }

    fn dead_letters(&self, limit: usize) -> BackendFuture<'_, Vec<Record>> {
        self.inner.dead_letters(limit)
    }

    fn replay<'a>(&'a self, key: &'a Key) -> BackendFuture<'a, Option<Admission>> {
        self.inner.replay(key)
    }

    fn wait(&self, condition: Condition) -> BackendFuture<'_, ()> {
        self.inner.wait(condition)
    }
}
