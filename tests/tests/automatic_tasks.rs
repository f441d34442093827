//! Automatic tasks. They are in a test program of their own, because every worker of a program
//! starts them.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::docket::Priority;
use fastmcp::prelude::*;

static BEATS: AtomicU32 = AtomicU32::new(0);

#[task(perpetual(every = "1m", automatic))]
async fn heartbeat() {
    BEATS.fetch_add(1, Ordering::SeqCst);
}

#[task(cron("0 3 * * *", tz = "Europe/Berlin", automatic), priority = low, concurrency(1))]
async fn nightly() {}

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
