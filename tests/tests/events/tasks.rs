//! The built-in event `task.finished`.

use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{SECRET, Stage, Webhook, options, result, settle};

/// Adds two numbers, or fails.
#[tool(task)]
async fn add_slowly(a: i32, b: i32) -> Result<i32> {
    a.checked_add(b)
        .ok_or_else(|| ToolError::new("too large").into())
}

async fn make_task(http: &fastmcp_tests::http::Http, arguments: Value) -> String {
    let tasks = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let params = json!({
        "name": "add_slowly",
        "arguments": arguments,
        "_meta": { "io.modelcontextprotocol/clientCapabilities": tasks },
    });
    let created = result(http, "tools/call", params).await;
    created["taskId"].as_str().expect("a task").to_owned()
}

#[tokio::test]
async fn the_end_of_a_task_is_an_event_of_its_caller_alone() {
    let stage = Stage::with(options().task_finished()).await;
    let (adas, bobs) = (Webhook::new().await, Webhook::new().await);
    for (http, webhook) in [(&stage.ada, &adas), (&stage.bob, &bobs)] {
        let params = json!({
            "name": "task.finished",
            "delivery": { "mode": "webhook", "url": webhook.url, "secret": SECRET },
        });
        result(http, "events/subscribe", params).await;
    }
    let poll = |cursor: &Value| json!({ "name": "task.finished", "cursor": cursor });
    let begin = result(&stage.ada, "events/poll", poll(&Value::Null)).await;
    let id = make_task(&stage.ada, json!({ "a": 2, "b": 3 })).await;
    let [event] = &adas.wait_for(1).await[..] else {
        panic!("one event");
    };
    let expected = json!({ "taskId": id, "tool": "add_slowly", "status": "completed" });
    assert_eq!(event.body["data"], expected);
    assert!(!event.text.contains("_owner"), "{}", event.text);
    settle(&stage.docket).await;
    assert_eq!(bobs.events().len(), 0);
    let page = |http| result(http, "events/poll", poll(&begin["cursor"]));
    let (adas, bobs) = (page(&stage.ada).await, page(&stage.bob).await);
    assert_eq!(adas["events"][0]["data"], expected, "{adas}");
    assert_eq!(adas["events"][0].get("_owner"), None);
    assert_eq!(bobs["events"], json!([]));
}
