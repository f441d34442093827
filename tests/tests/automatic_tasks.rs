//! Automatic tasks. They are in a test program of their own, because every worker of a program
//! starts them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::dependencies::Worker;
use fastmcp::docket::{ExecutionState, Key, Priority};
use fastmcp::prelude::*;

static BEATS: AtomicU32 = AtomicU32::new(0);

#[task(perpetual(every = "1m", automatic))]
async fn heartbeat() {
    BEATS.fetch_add(1, Ordering::SeqCst);
}

#[task(cron("0 3 * * *", tz = "Europe/Berlin", automatic), priority = low, concurrency(1))]
async fn nightly() {}

/// A server without a worker runs nothing; a worker of the program does.
#[tokio::test(start_paused = true)]
async fn a_server_without_a_worker_runs_no_tasks() {
    let docket = Docket::memory("pure");
    let server = FastMcp::new("pure")
        .docket(docket.clone())
        .without_worker()
        .start()
        .await
        .unwrap();
    assert!(server.worker().is_none());
    let execution = docket.add(nightly)().await.unwrap();
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(execution.state().await, Ok(ExecutionState::Queued));
    assert!(docket.get("heartbeat").await.unwrap().is_none());
    let worker = Worker::new(&docket).unwrap();
    let runs = [(Key::from("heartbeat"), 0), (execution.key().clone(), 1)];
    worker.run_at_most(runs).await.unwrap();
    assert!(execution.record().await.unwrap().started.is_some());
    server.shutdown().await.unwrap();

    let enabled = FastMcp::new("pure").enable_docket().without_worker();
    let error = enabled.start().await.unwrap_err().to_string();
    assert!(
        error.starts_with(
            "`FastMcp::without_worker` disables the worker, but its docket is in the memory"
        ),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_starts_automatic_tasks() {
    let server = FastMcp::new("beats")
        .docket(Docket::memory("beats"))
        .start()
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_secs(150)).await;
    assert_eq!(BEATS.load(Ordering::SeqCst), 3);

    let nightly = server
        .docket()
        .unwrap()
        .get("nightly")
        .await
        .unwrap()
        .expect("is scheduled");
    let due = nightly.when().await.unwrap();
    assert!(due > std::time::SystemTime::now() && !nightly.state().await.unwrap().is_terminal());
    let record = nightly.record().await.unwrap();
    assert_eq!(record.priority, Priority::Low, "under its policy");
    server.shutdown().await.unwrap();
}
