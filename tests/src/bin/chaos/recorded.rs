//! A backend that records claims and the results of settlements.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::docket::backend::{
    Admission, Answer, Backend, Claim, Claimed, Command, Condition, Hold, Message, Reply, Settled,
    Settlement, Target,
};
use fastmcp::docket::{Events, ProgressReport, Record, Snapshot, Timestamp};

/// Appends lines to a file. A line survives the process once `write` has returned.
#[derive(Debug, Clone)]
pub(crate) struct Log(Arc<Mutex<File>>);

impl Log {
    pub(crate) fn append(path: &str) -> Self {
        let file = OpenOptions::new().create(true).append(true).open(path);
        Self(Arc::new(Mutex::new(file.expect("a log"))))
    }

    pub(crate) fn write(&self, line: &str) {
        let mut file = self.0.lock().expect("no panic");
        file.write_all(format!("{line}\n").as_bytes())
            .expect("written");
    }
}

#[derive(Debug)]
pub(crate) struct Recorded {
    inner: Arc<dyn Backend>,
    log: Log,
}

impl Recorded {
    pub(crate) fn new(inner: Arc<dyn Backend>, log: Log) -> Self {
        Self { inner, log }
    }
}

impl Backend for Recorded {
    fn now(&self) -> Answer<'_, Timestamp> {
        self.inner.now()
    }

    fn submit(&self, batch: Vec<Message>) -> Answer<'_, Vec<Admission>> {
        self.inner.submit(batch)
    }

    fn claim(&self, claim: Claim) -> Answer<'_, Vec<Claimed>> {
        Box::pin(async move {
            let claimed = self.inner.claim(claim).await?;
            for run in &claimed {
                let (id, token) = (run.hold.id.0, run.hold.token);
                let (now, delivery) = (run.now.as_micros(), run.delivery);
                self.log
                    .write(&format!("C {id} {token} {now} {delivery} {}", run.key));
            }
            Ok(claimed)
        })
    }

    fn settle<'a>(&'a self, batch: &'a [Settlement]) -> Answer<'a, Vec<Settled>> {
        Box::pin(async move {
            let answers = self.inner.settle(batch).await?;
            for (settlement, answer) in batch.iter().zip(&answers) {
                let Hold { id, token } = settlement.hold;
                let answer = match answer {
                    Settled::Done(state) => state.to_string(),
                    Settled::Fenced => "fenced".into(),
                };
                self.log.write(&format!("S {} {token} {answer}", id.0));
            }
            Ok(answers)
        })
    }

    fn renew<'a>(
        &'a self,
        worker: &'a Arc<str>,
        holds: &'a [Hold],
        lease: Duration,
    ) -> Answer<'a, Vec<Hold>> {
        self.inner.renew(worker, holds, lease)
    }

    fn signals<'a>(&'a self, worker: &'a Arc<str>) -> Answer<'a, Vec<Hold>> {
        self.inner.signals(worker)
    }

    fn report(&self, hold: Hold, progress: ProgressReport) -> Answer<'_, Settled> {
        self.inner.report(hold, progress)
    }

    fn find<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<Record>> {
        self.inner.find(target)
    }

    fn watch<'a>(&'a self, target: &'a Target) -> Answer<'a, Option<(Record, Events)>> {
        self.inner.watch(target)
    }

    fn survey(&self, limit: usize) -> Answer<'_, Snapshot> {
        self.inner.survey(limit)
    }

    fn control(&self, command: Command) -> Answer<'_, Reply> {
        self.inner.control(command)
    }

    fn wait(&self, condition: Condition) -> Answer<'_, ()> {
        self.inner.wait(condition)
    }
}
