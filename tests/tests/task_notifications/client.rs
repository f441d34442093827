//! The client waits for notifications instead of polling.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastmcp::client::{Client, Started};
use fastmcp::mcp::ProtocolVersion;
use fastmcp::middleware::{Next, TaskOperation, TaskRequest, from_fn};
use serde_json::json;

use crate::stage::{Gate, builder};

/// Follows a task that takes an hour, and returns the number of requests for its state.
async fn looks() -> usize {
    let gate = Gate::default();
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let counted = from_fn(move |task: TaskRequest, next: Next<TaskRequest>| {
        if task.operation() == TaskOperation::Get {
            counter.fetch_add(1, Ordering::SeqCst);
        }
        next.run(task)
    });
    let server = builder(&gate).middleware(counted);
    let server = server.start().await.unwrap();
    let protocol = ProtocolVersion::V_2026_07_28;
    let client = Client::builder().protocol(protocol).connect(&server);
    let client = client.await.unwrap();
    let call = client.call_tool("work", json!({ "name": "it" }));
    let Started::Task(task) = call.start().await.unwrap() else {
        panic!("no task")
    };
    let opener = tokio::spawn(async move {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_mins(30)).await;
            gate.0.notify_one();
        }
    });
    let begin = tokio::time::Instant::now();
    assert_eq!(task.result_as::<String>().await.unwrap(), "it is done");
    assert!(begin.elapsed() < Duration::from_mins(60) + Duration::from_secs(1));
    opener.await.unwrap();
    count.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn a_task_of_an_hour_is_not_polled() {
    // Once a minute as a precaution; polling would ask 3600 times.
    let count = looks().await;
    assert!(count < 75, "{count} requests");
}
