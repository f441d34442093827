//! The lifetime of tasks across restarts (T8, T17).

use std::time::Duration;

use fastmcp::prelude::*;
use serde_json::json;

use crate::stage::{NOT_FOUND, Wire, serve_on};

const BEFORE: Duration = Duration::from_millis(59_500);

async fn is_left(docket: &Docket) -> bool {
    let snapshot = docket.snapshot().await.unwrap();
    snapshot.pending() + snapshot.dead > 0
}

/// T17: a task is kept for its TTL, regardless of the number of results; afterwards nothing is
/// left.
#[tokio::test(start_paused = true)]
async fn a_task_is_kept_exactly_for_its_ttl() {
    // All other results expire at once.
    let docket = Docket::builder("tasks")
        .result_ttl(Duration::from_millis(1))
        .result_capacity(1)
        .memory();
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    let ended = wire.start("endless", json!({})).await;
    let works = wire.start("endless", json!({})).await;
    wire.cancel(&ended).await;
    wire.until(&ended, "cancelled").await;
    tokio::time::sleep(BEFORE).await;
    assert_eq!(wire.get(&ended).await["status"], "cancelled");
    assert_eq!(wire.get(&works).await["status"], "working");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let key = |id: &str| format!("fastmcp:task/{id}");
    for id in [&ended, &works] {
        let error = wire.error("tasks/get", json!({ "taskId": id })).await;
        assert_eq!(
            error,
            json!({ "code": NOT_FOUND, "message": "task not found" })
        );
        assert!(docket.get(key(id)).await.unwrap().is_none());
    }
    assert!(!is_left(&docket).await);
}

/// T8: a server that restarts on the same docket still has the earlier tasks, and continues those
/// that were running.
#[tokio::test(start_paused = true)]
async fn tasks_survive_a_restart_of_the_server() {
    let docket = Docket::memory("tasks");
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    let done = wire.start("add", json!({ "a": 1, "b": 2 })).await;
    let before = wire.until(&done, "completed").await;
    let runs = wire.start("slow", json!({ "seconds": 3600 - 60 })).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    server.shutdown().await.unwrap();

    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    assert_eq!(wire.get(&done).await, before);
    assert_eq!(wire.get(&runs).await["status"], "working");
    let params = json!({ "taskId": runs });
    let task = loop {
        let task = wire.result("tasks/get", params.clone()).await;
        if task["status"] != "working" {
            break task;
        }
        tokio::time::sleep(Duration::from_secs(5)).await;
    };
    assert_eq!(task["status"], "completed");
}

/// A task may run on another server of the same docket than the one that the client uses.
#[tokio::test(start_paused = true)]
async fn another_server_can_run_the_task() {
    let docket = Docket::memory("tasks");
    let front = serve_on(&docket).await;
    front.worker().unwrap().shutdown();
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut wire = Wire::open(&front);
    let id = wire.start("add", json!({ "a": 20, "b": 22 })).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(wire.get(&id).await["status"], "working");
    let _back = serve_on(&docket).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(task["result"]["structuredContent"], json!({ "sum": 42 }));
}
