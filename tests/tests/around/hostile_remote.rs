//! A remote server that misbehaves, behind a proxy: each call gets a clear error, and the others work.

use std::process::Stdio;
use std::time::Duration;

use fastmcp::client::{Client, ClientError, Upstream};
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use fastmcp_tests::wire::Wire;
use serde_json::json;

fn hostile(arguments: &'static [&'static str]) -> Upstream {
    Upstream::process(move || {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_hostile_upstream"));
        command.args(arguments).stderr(Stdio::null());
        command
    })
}

async fn start(arguments: &'static [&'static str]) -> Server {
    let server = FastMcp::new("proxy").select(Selection::name("local"));
    let server = server.proxy("bad", hostile(arguments));
    server.start().await.unwrap()
}

async fn client(server: &Server) -> Client {
    let builder =
        Client::builder().on_elicitation(|question| async move { question.accept("yes") });
    let builder = builder.protocol(ProtocolVersion::V_2026_07_28);
    builder.connect(server).await.unwrap()
}

/// Calls a tool that fails, and returns the text for the model.
async fn failure(client: &Client, tool: &str) -> String {
    let call = client.call_tool(tool, json!(null));
    let result = tokio::time::timeout(Duration::from_mins(1), call).await;
    match result.expect("the call ends") {
        Ok(result) if result.is_error => {
            let content = json!(result.content);
            content[0]["text"].as_str().unwrap().to_owned()
        }
        Err(ClientError::Refused { message, .. }) => message,
        other => panic!("{tool}: {other:?}"),
    }
}

/// Calls a tool until the program has been started again.
async fn works_again(client: &Client) {
    for _ in 0..600 {
        match client.call_tool("bad_pid", json!(null)).await {
            Ok(result) if !result.is_error => return,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("the remote server is never back");
}

#[tokio::test]
async fn a_remote_server_that_misbehaves_causes_clear_errors() {
    let server = start(&[]).await;
    let client = client(&server).await;
    let tools = client.list_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|it| &*it.name).collect();
    assert_eq!(names.len(), 11, "invalid tools are left out: {names:?}");
    let resources = client.list_resources().await.unwrap();
    let uris: Vec<_> = resources.iter().map(|it| &*it.uri).collect();
    assert_eq!(uris, ["data://bad/fine"]);

    // A call that waits is not disturbed by the garbage of another one, and can be cancelled.
    let mut waiting = Box::pin(client.call_tool("bad_never", json!(null)));
    let soon = tokio::time::timeout(Duration::from_millis(100), &mut waiting).await;
    assert!(soon.is_err(), "{soon:?}");
    for tool in ["bad_not_json", "bad_wrong_type", "bad_no_result"] {
        let text = failure(&client, tool).await;
        let expected = "the server `bad` has sent an invalid result";
        assert!(text.contains(expected), "{tool}: {text}");
        assert!(!text.contains('\u{1b}'), "{text:?}");
        works_again(&client).await;
    }
    let refused = client.call_tool("bad_wrong_error", json!(null)).await;
    assert!(
        matches!(refused, Err(ClientError::Refused { .. })),
        "{refused:?}"
    );
    works_again(&client).await;
    let soon = tokio::time::timeout(Duration::from_millis(10), &mut waiting).await;
    assert!(soon.is_err(), "{soon:?}");
    drop(waiting);

    for tool in ["bad_die", "bad_ask_and_die", "bad_huge"] {
        let text = failure(&client, tool).await;
        let expected = "the server `bad` cannot be reached";
        assert!(text.contains(expected), "{tool}: {text}");
        works_again(&client).await;
    }
    let able = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let mut wire = Wire::of_rounds(&server, able);
    let invalid = wire.call("bad_invalid_task").await;
    let text = invalid["result"]["content"][0]["text"].as_str().unwrap();
    let expected = "invalid task: its ID has 2000 bytes";
    assert!(text.contains(expected), "{text}");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_program_that_never_responds_does_not_prevent_the_start() {
    let server = start(&["mute"]).await;
    let client = Client::connect(&server).await.unwrap();
    assert_eq!(client.list_tools().await.unwrap().len(), 1);
    server.shutdown().await.unwrap();
}
