//! The client waits for notifications instead of polling.

use std::time::Duration;

use fastmcp::client::{Client, Started};
use fastmcp::mcp::ProtocolVersion;
use serde_json::json;

use crate::stage::{Gate, Looks, builder};

/// A client that polled would ask 3600 times.
#[tokio::test(start_paused = true)]
async fn a_task_of_an_hour_is_not_polled() {
    let (gate, looks) = (Gate::default(), Looks::default());
    let server = builder(&gate).middleware(looks.middleware());
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
    assert!(begin.elapsed() < Duration::from_hours(1) + Duration::from_secs(1));
    opener.await.unwrap();
    // Once a minute as a precaution.
    let count = looks.count();
    assert!(count < 75, "{count} requests");
}

/// A closed connection ends the wait.
#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_the_connection() {
    let gate = Gate::default();
    let server = builder(&gate).start().await.unwrap();
    let protocol = ProtocolVersion::V_2026_07_28;
    let client = Client::builder().protocol(protocol).connect(&server);
    let client = client.await.unwrap();
    let call = client.call_tool("work", json!({ "name": "it" }));
    let Started::Task(task) = call.start().await.unwrap() else {
        panic!("no task")
    };
    let stop = async {
        tokio::time::sleep(Duration::from_secs(10)).await;
        server.shutdown().await.unwrap();
    };
    let (ended, ()) = tokio::join!(task.wait(), stop);
    assert!(ended.is_err(), "{ended:?}");
}
