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
    Cancelled, Events, ExecutionId, Key, Name, ProgressReport, Record, Snapshot,
};

use crate::delegate::delegate;

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

    delegate!(
        inner: now, check, submit, renew, signals, report, record, signal, find, watch, snapshot, deregister, cancel,
        amend, reschedule, strike, restore, pause, resume, clear, dead_letters, replay, list, change, stats, wait,
    );
}
