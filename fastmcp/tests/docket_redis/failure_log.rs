//! The log lines of tasks that fail: one for each attempt, and one for each dead letter.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastmcp::docket::backend::Claim;
use fastmcp::docket::{Failure, Handlers, Outcome, Policy, Retry, Submission, Worker};

use crate::server::RedisServer;
use crate::{TICK, docket_on, in_time};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn failed_attempts_and_dead_letters_are_logged_once() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let Some(server) = RedisServer::start() else {
        return;
    };
    let docket = docket_on(&server);
    let retry = Policy {
        retry: Retry::attempts(3).delay(TICK / 10),
        ..Policy::default()
    };
    let handlers = Handlers::new()
        .task("flaky", retry, |run| async move {
            Outcome::Failed(Failure::error(format!("attempt {} failed", run.attempt())))
        })
        .task("picky", Policy::default(), |_| async {
            let reason = "expected a number, got \"hunter2\"".into();
            Outcome::Undecodable { reason }
        })
        .task("fine", Policy::default(), |_| async { Outcome::done() });
    let worker = Worker::builder(&docket, Arc::new(handlers)).name("w");
    let worker = worker.build().unwrap();
    // A worker that dies in its last delivery.
    let lost = Submission::new("fine", "1").key("lost-7");
    docket.submit(lost).await.unwrap();
    let claim = Claim::new("dies".into(), 1, Duration::from_millis(1), 1);
    assert_eq!(docket.backend().claim(claim).await.unwrap().len(), 1);
    for task in ["flaky", "picky", "fine"] {
        let submission = Submission::new(task, r#""hunter2""#).key(format!("{task}-7"));
        docket.submit(submission).await.unwrap();
    }
    in_time(worker.run_until_finished()).await.unwrap();
    // A second worker has nothing to report.
    in_time(worker.run_until_finished()).await.unwrap();

    let log = log.0.lock().unwrap().clone();
    let log = String::from_utf8(log).unwrap();
    let mut lines: Vec<_> = log.lines().map(str::trim).collect();
    lines.sort_unstable();
    assert_eq!(
        lines,
        [
            "ERROR a task cannot decode its payload: dead letter; its record has the reason task=picky key=picky-7 attempt=1",
            "ERROR a task failed task=flaky key=flaky-7 attempt=3 error=attempt 3 failed",
            r#"ERROR dead letter task="fine" key="lost-7" attempt=1 error=its worker was lost in 1 of 1 deliveries"#,
            "WARN a task failed and will be retried task=flaky key=flaky-7 attempt=1 delay=10ms error=attempt 1 failed",
            "WARN a task failed and will be retried task=flaky key=flaky-7 attempt=2 delay=10ms error=attempt 2 failed",
        ]
    );
}
