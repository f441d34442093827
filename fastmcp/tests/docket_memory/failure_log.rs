//! The log lines of tasks that fail: one for each attempt, and one for each dead letter.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use fastmcp::docket::backend::Claim;
use fastmcp::docket::{Docket, Failure, Handlers, Outcome, Policy, Retry, Submission, Worker};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines(&self) -> Vec<String> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8_lossy(&bytes);
        text.lines().map(|line| line.trim().to_owned()).collect()
    }
}

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

#[tokio::test(start_paused = true)]
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

    let docket = Docket::memory("log");
    let retry = Policy {
        retry: Retry::attempts(3).delay(Duration::from_secs(2)),
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
        .task("fine", Policy::default(), |_| async { Outcome::done() })
        .task("gone", Policy::default(), |_| async {
            let reason = "no longer wanted".into();
            Outcome::Discard { reason }
        });
    for task in ["flaky", "picky", "fine", "gone", "unknown"] {
        let submission = Submission::new(task, r#""hunter2""#).key(format!("{task}-7"));
        docket.submit(submission).await.unwrap();
    }
    let worker = Worker::builder(&docket, Arc::new(handlers)).name("w");
    let worker = worker.build().unwrap();
    worker.run_until_finished().await.unwrap();
    // A worker that dies in its last delivery.
    docket
        .submit(Submission::new("fine", "1").key("lost-7"))
        .await
        .unwrap();
    let claim = Claim::new("dies".into(), 1, Duration::from_secs(1), 1);
    docket.backend().claim(claim).await.unwrap();
    worker.run_until_finished().await.unwrap();

    let mut lines = log.lines();
    lines.sort();
    assert_eq!(
        lines,
        [
            "ERROR a task cannot decode its payload: dead letter; its record has the reason task=picky key=picky-7 attempt=1",
            "ERROR a task failed task=flaky key=flaky-7 attempt=3 error=attempt 3 failed",
            r#"ERROR dead letter task="fine" key="lost-7" attempt=1 error=its worker was lost in 1 of 1 deliveries"#,
            r#"ERROR dead letter task="unknown" key="unknown-7" attempt=1 error=no worker has a handler for the task `unknown`; declined by w"#,
            "WARN a task failed and will be retried task=flaky key=flaky-7 attempt=1 delay=2s error=attempt 1 failed",
            "WARN a task failed and will be retried task=flaky key=flaky-7 attempt=2 delay=2s error=attempt 2 failed",
            "WARN unknown task: offered to another worker task=unknown key=unknown-7",
        ]
    );
    // Neither payloads nor values of arguments are logged.
    assert!(
        !lines.iter().any(|line| line.contains("hunter2")),
        "{lines:?}"
    );
}
