//! Clients over HTTP, whose server is edited, and a front that is killed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use fastmcp_tests::http::{Events, Http, answer};
use serde_json::{Value, json};

use crate::front::{Front, agent};
use crate::project::Project;

/// Returns the next message of a stream with this method.
async fn next(events: &mut Events, method: &str) -> Value {
    loop {
        let event = events.next().await.expect("the stream has ended");
        if event.data["method"] == method {
            return event.data;
        }
    }
}

#[tokio::test]
async fn sessions_and_streams_survive_edits() {
    let project = Project::new("dev-http");
    let mut front = Front::start(&project, &["--http", "127.0.0.1:0"]);
    let agent_url = front.agent_url().await;
    front.logged("server 1 serves").await;
    let http = Http::new(&agent_url.replace("/dev/mcp", "/mcp"));
    let session = http.session().await;
    let mut stream = Events::of(session.get()).await;
    let listen = json!({ "notifications": { "toolsListChanged": true } });
    let mut subscription = Events::of(http.modern("subscriptions/listen", listen)).await;
    next(
        &mut subscription,
        "notifications/subscriptions/acknowledged",
    )
    .await;

    // A call and a question of the first server are in flight.
    let flag = project.directory.join("flag");
    let path = json!({ "path": flag });
    let waiting = tokio::spawn(answer(session.legacy_call(1, "wait_for", path.clone())));
    let mut greeting = Events::of(session.legacy_call(2, "greet", json!({}))).await;
    let question = next(&mut greeting, "elicitation/create").await;

    for name in ["first", "second"] {
        let tool = format!(
            "/// Is new.\n#[tool]\nasync fn {name}() -> &'static str {{\n    \"{name}\"\n}}\n\n/// Asks"
        );
        project.edit("/// Asks", &tool);
        next(&mut stream, "notifications/tools/list_changed").await;
        let changed = next(&mut subscription, "notifications/tools/list_changed").await;
        assert!(changed["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"].is_number());
        let called = answer(session.legacy_call(3, name, json!({}))).await;
        assert_eq!(called.tool_text(), name);
        assert_eq!(http.call(name, json!({})).await.tool_text(), name);
    }

    let name = json!({ "action": "accept", "content": { "value": "Ada" } });
    let reply = json!({ "jsonrpc": "2.0", "id": question["id"], "result": name });
    assert_eq!(answer(session.post(reply.to_string())).await.status, 202);
    let greeted = loop {
        let event = greeting.next().await.expect("the response");
        if event.data["id"] == 2 {
            break event.data;
        }
    };
    assert_eq!(greeted["result"]["content"][0]["text"], "Hello, Ada!");
    fs::write(&flag, "").unwrap();
    let old = waiting.await.unwrap().tool_text();
    let new = answer(session.legacy_call(4, "wait_for", path))
        .await
        .tool_text();
    assert_ne!(old, new, "the call was answered by the new server");

    let calls = agent(&agent_url, "last_calls").await.to_string();
    assert!(calls.contains(r#""name":"second""#), "{calls}");
    assert!(!calls.contains("flag"), "the log has arguments: {calls}");

    // The end of a session is that of the server's.
    assert!(answer(session.delete()).await.status.is_success());
    assert_eq!(
        answer(session.legacy_call(5, "first", json!({})))
            .await
            .status,
        404
    );

    // A front that is killed leaves no server behind.
    let server = Path::new("/proc").join(new.split_once(' ').unwrap().0);
    let is_there = || server.exists() || cfg!(not(target_os = "linux"));
    assert!(is_there());
    front.process.kill().await.unwrap();
    while cfg!(target_os = "linux") && is_there() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
