//! Questions of a server in another process to many callers at once, behind a proxy.

use std::time::Duration;

use fastmcp::client::Client;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Selection, ToolResult};
use fastmcp_tests::wire::{OF_ROUNDS, OF_SESSIONS};
use futures_util::future::join_all;
use serde_json::json;

use crate::remote_stage::process;

const CALLS: u64 = 16;

fn version(revision: &str) -> ProtocolVersion {
    serde_json::from_value(json!(revision)).unwrap()
}

/// Returns the text of a result.
fn text(result: &ToolResult) -> String {
    let content = json!(result.content);
    content[0]["text"].as_str().unwrap_or_default().to_owned()
}

/// Answers "first 7" with "first 7 of ada". Later calls are answered sooner.
async fn client(server: &fastmcp::Server, revision: &str, name: &'static str) -> Client {
    let builder = Client::builder().on_elicitation(move |question| async move {
        let number = question.message.rsplit(' ').next().unwrap();
        let number: u64 = number.parse().unwrap();
        tokio::time::sleep(Duration::from_millis(3 * (CALLS - number))).await;
        let answer = format!("{} of {name}", question.message);
        question.accept(answer)
    });
    let builder = builder.protocol(version(revision));
    builder.connect(server).await.unwrap()
}

/// Calls the tool, and returns whether it has answered. Panics if it has the answers of another call.
async fn call(client: &Client, name: &str, id: u64, may_refuse: bool) -> bool {
    let call = client.call_tool("up_quiz", json!({ "id": id }));
    if id % 5 == 3 {
        // Cancelled between its questions.
        let limit = Duration::from_millis(3 * (CALLS - id) + 2);
        let _ = tokio::time::timeout(limit, call).await;
        return false;
    }
    match call.await {
        Ok(result) if !result.is_error => {
            let answers = format!("{id}: first {id} of {name}, second {id} of {name}");
            assert_eq!(text(&result), answers);
            true
        }
        refused => {
            assert!(may_refuse, "{refused:?}");
            false
        }
    }
}

#[tokio::test]
async fn answers_reach_the_call_that_asked() {
    for upstream in [OF_ROUNDS, OF_SESSIONS] {
        for downstream in [OF_ROUNDS, OF_SESSIONS] {
            let server = FastMcp::new("proxy").select(Selection::name("local"));
            let server = server.proxy("up", process().protocol(version(upstream)));
            let server = server.start().await.unwrap();
            let ada = client(&server, downstream, "ada").await;
            let bob = client(&server, downstream, "bob").await;
            // A question of a session does not say to which call it belongs, and is refused if there are several.
            let may_refuse = upstream == OF_SESSIONS;
            let calls = (0..CALLS).map(|id| match id % 2 {
                0 => call(&ada, "ada", id, may_refuse),
                _ => call(&bob, "bob", id, may_refuse),
            });
            let answered = join_all(calls).await;
            let answered = answered.into_iter().filter(|it| *it).count();
            if !may_refuse {
                assert_eq!(answered, 13, "{downstream}");
            }
            // The refused and the cancelled calls leave nothing behind.
            assert!(call(&ada, "ada", 2, false).await);
            server.shutdown().await.unwrap();
        }
    }
}
