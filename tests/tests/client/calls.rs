//! Typed results, time limits, progress, metadata and log messages.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::client::{Client, ClientError};
use fastmcp::prelude::*;
use fastmcp::{LogLevel, Selection, Server};
use serde_json::{Value, json};

use crate::REVISIONS;

#[fastmcp::data]
#[derive(Debug, PartialEq)]
struct Point {
    x: i32,
    y: i32,
}

/// Returns a point.
#[tool]
async fn point(x: i32) -> Point {
    Point { x, y: -x }
}

/// Returns numbers.
#[tool]
async fn numbers(up_to: u32) -> Vec<u32> {
    (0..up_to).collect()
}

/// Returns text.
#[tool]
async fn text() -> String {
    "12".into()
}

/// Returns nothing.
#[tool]
async fn nothing() {}

/// Fails.
#[tool]
async fn fails() -> Result<u32> {
    Err(ToolError::new("no number today").into())
}

/// Reports progress once a minute.
#[tool]
async fn slow(minutes: u32, ctx: Context) -> u32 {
    for minute in 1..=minutes {
        tokio::time::sleep(Duration::from_mins(1)).await;
        ctx.report_progress(f64::from(minute), None, Some("working"))
            .await;
    }
    minutes
}

/// Returns the metadata of the request.
#[tool]
async fn metadata(ctx: Context) -> Value {
    Value::from(ctx.meta().clone())
}

/// Logs two messages.
#[tool]
async fn logs(ctx: Context) {
    ctx.debug("a detail").await;
    ctx.warning("a problem").await;
}

async fn server() -> Server {
    let tools = Selection::module(module_path!());
    let server = FastMcp::new("calls").select(tools);
    // Its progress notifications would begin every time limit anew.
    server.heartbeat(None).start().await.unwrap()
}

#[tokio::test]
async fn results_are_decoded() {
    let server = server().await;
    for protocol in REVISIONS {
        let client = Client::builder()
            .protocol(protocol)
            .connect(&server)
            .await
            .unwrap();
        let at: Point = client.call("point", json!({ "x": 3 })).await.unwrap();
        assert_eq!(at, Point { x: 3, y: -3 });
        let numbers: Vec<u32> = client.call("numbers", json!({ "up_to": 3 })).await.unwrap();
        assert_eq!(numbers, [0, 1, 2]);
        assert_eq!(client.call::<String>("text", ()).await.unwrap(), "12");
        client.call::<()>("nothing", ()).await.unwrap();

        let error = client.call::<u32>("fails", ()).await.unwrap_err();
        assert_eq!(error.to_string(), "tool `fails` failed: no number today");
        let error = client
            .call::<u32>("point", json!({ "x": 1 }))
            .await
            .unwrap_err();
        assert!(
            matches!(&error, ClientError::Decode { tool, .. } if tool == "point"),
            "{error}"
        );
        let error = client.call::<u32>("missing", ()).await.unwrap_err();
        assert!(matches!(error, ClientError::Refused { .. }), "{error}");
        let error = client.call::<u32>("point", json!([1])).await.unwrap_err();
        assert!(matches!(error, ClientError::Arguments(_)), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn progress_begins_the_time_limit_anew() {
    let server = server().await;
    for protocol in REVISIONS {
        let client = Client::builder()
            .protocol(protocol)
            .timeout(Duration::from_secs(90))
            .connect(&server)
            .await
            .unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let updates = Arc::clone(&seen);
        let call = client.call::<u32>("slow", json!({ "minutes": 5 }));
        let call = call.on_progress(move |update| updates.lock().unwrap().push(update.progress));
        assert_eq!(call.await.unwrap(), 5);
        assert_eq!(*seen.lock().unwrap(), [1.0, 2.0, 3.0, 4.0, 5.0]);

        let call = client.call::<u32>("slow", json!({ "minutes": 5 }));
        let error = call.timeout(Duration::from_secs(30)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "`tools/call` timed out: no response and no progress for 30s"
        );
        let call = client.call::<u32>("slow", json!({ "minutes": 5 }));
        let error = call.deadline(Duration::from_secs(150)).await.unwrap_err();
        assert!(matches!(error, ClientError::Deadline { .. }), "{error}");
        // The connection goes on.
        assert_eq!(
            client
                .call::<u32>("slow", json!({ "minutes": 1 }))
                .await
                .unwrap(),
            1
        );
    }
}

#[tokio::test]
async fn metadata_is_sent_with_the_keys_of_the_protocol() {
    let server = server().await;
    for protocol in REVISIONS {
        let client = Client::builder()
            .protocol(protocol)
            .connect(&server)
            .await
            .unwrap();
        let call = client
            .call::<Value>("metadata", ())
            .meta("example/trace", json!({ "id": 7 }));
        assert_eq!(call.await.unwrap()["example/trace"], json!({ "id": 7 }));
    }
}

#[tokio::test]
async fn log_messages_reach_the_handler() {
    let server = server().await;
    for protocol in REVISIONS {
        let messages = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&messages);
        let client = Client::builder()
            .protocol(protocol)
            .on_log(move |message| seen.lock().unwrap().push((message.level, message.data)))
            .log_level(LogLevel::Warning)
            .connect(&server)
            .await
            .unwrap();
        client.call_tool("logs", ()).await.unwrap();
        let expected = [(LogLevel::Warning, json!("a problem"))];
        assert_eq!(*messages.lock().unwrap(), expected);

        client.set_log_level(LogLevel::Debug).await.unwrap();
        client.call_tool("logs", ()).await.unwrap();
        assert_eq!(messages.lock().unwrap().len(), 3);
        client.ping().await.unwrap();
    }
}

#[tokio::test]
async fn requests_of_a_closed_connection_fail() {
    let server = server().await;
    let client = Client::connect(&server).await.unwrap();
    server.shutdown().await.unwrap();
    let error = client.call_tool("text", ()).await.unwrap_err();
    assert!(matches!(error, ClientError::Connection(_)), "{error}");
}
