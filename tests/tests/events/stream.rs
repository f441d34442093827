//! `events/stream`.

use fastmcp_tests::http::Events;
use serde_json::{Value, json};

use crate::stage::{Stage, ask};

fn params(cursor: &Value) -> Value {
    json!({ "name": "build.finished", "arguments": { "repository": "one" }, "cursor": cursor })
}

async fn next(stream: &mut Events) -> Value {
    loop {
        let event = stream.next().await.expect("the stream is open");
        if !event.data.is_null() {
            return event.data;
        }
    }
}

#[tokio::test]
async fn a_stream_has_the_events_and_can_be_continued() {
    let stage = Stage::new().await;
    let request = stage.ada.modern("events/stream", params(&Value::Null));
    let mut stream = Events::of(request).await;
    let active = next(&mut stream).await;
    assert_eq!(active["method"], "notifications/events/active", "{active}");
    let subscription = "io.modelcontextprotocol/subscriptionId";
    assert_eq!(active["params"]["_meta"][subscription], json!(1));
    assert_eq!(active["params"]["truncated"], json!(false));
    let cursor = active["params"]["cursor"].clone();
    stage.emit("two", true).await;
    let ids = [
        stage.emit("one", true).await,
        stage.emit("one", false).await,
    ];
    for id in &ids {
        let event = next(&mut stream).await;
        assert_eq!(event["method"], "notifications/events/event", "{event}");
        assert_eq!(event["params"]["eventId"], json!(id));
        assert_eq!(event["params"]["_meta"][subscription], json!(1));
        assert!(event["params"]["cursor"].is_string());
    }
    drop(stream);
    let request = stage.ada.modern("events/stream", params(&cursor));
    let mut stream = Events::of(request).await;
    next(&mut stream).await;
    for id in &ids {
        assert_eq!(next(&mut stream).await["params"]["eventId"], json!(id));
    }
}

#[tokio::test]
async fn an_invalid_stream_is_an_error_at_once() {
    let stage = Stage::new().await;
    let mut invalid = params(&Value::Null);
    invalid["arguments"] = json!({});
    let refused = ask(&stage.ada, "events/stream", invalid).await;
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}
