//! A server in another process, behind a proxy.

use std::process::Command;
use std::time::Duration;

use fastmcp::client::{Client, ClientError, Started, Upstream};
use fastmcp::mcp::ProtocolVersion;
use fastmcp::middleware::ReadOnly;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server, ToolResult};
use fastmcp_tests::wire::{OF_ROUNDS, OF_SESSIONS, Wire};
use serde_json::{Value, json};

use crate::remote_stage::{OverHttp, free_address, process};

#[tool]
async fn local() -> &'static str {
    "local"
}

async fn start(upstream: Upstream) -> Server {
    let server = FastMcp::new("proxy").select(Selection::name("local"));
    server.proxy("up", upstream).start().await.unwrap()
}

fn text(result: &ToolResult) -> String {
    json!(result.content)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// Repeats a call until it succeeds.
async fn eventually(client: &Client, tool: &str) -> ToolResult {
    for _ in 0..600 {
        match client.call_tool(tool, json!(null)).await {
            Ok(result) if !result.is_error => return result,
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    panic!("`{tool}` never succeeds");
}

#[tokio::test]
async fn components_of_a_remote_server_are_used_like_own_ones() {
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let server = start(process().protocol(protocol)).await;
        let client = Client::connect(&server).await.unwrap();
        let tools = client.list_tools().await.unwrap();
        let names: Vec<_> = tools.iter().map(|it| &*it.name).collect();
        assert!(
            names.contains(&"up_pid") && names.contains(&"local"),
            "{names:?}"
        );
        let result = client.call_tool("up_link", json!(null)).await.unwrap();
        assert_eq!(json!(result.content)[0]["uri"], "note://up/7");
        let contents = client.read_resource("note://up/7").await.unwrap();
        assert_eq!(json!(contents)[0]["text"], "note 7");
        assert_eq!(json!(contents)[0]["uri"], "note://up/7");
        let templates = client.list_resource_templates().await.unwrap();
        assert_eq!(templates[0].uri_template, "note://up/{id}");
        let completed = client
            .complete_resource("note://up/{id}", "id", "1", [])
            .await
            .unwrap();
        assert_eq!(completed.values, ["17"]);
        let messages = client
            .get_prompt("up_greet", json!({ "name": "Ada" }))
            .await
            .unwrap();
        assert_eq!(json!(messages)[0]["content"]["text"], "Hello Ada");
        // Errors keep their code, and results of failed tools stay results.
        let error = client.call_tool("up_fail", json!(null)).await.unwrap_err();
        let ClientError::Refused {
            code,
            message,
            data,
        } = error
        else {
            panic!("{error}");
        };
        assert_eq!(
            (code, &*message, data),
            (-32_050, "not today", Some("tomorrow".into()))
        );
        let invalid = client
            .call_tool("up_steps", json!({ "count": "x" }))
            .await
            .unwrap();
        assert!(
            invalid.is_error && text(&invalid).contains("count"),
            "{invalid:?}"
        );
        assert!(client.call_tool("up_unknown", json!(null)).await.is_err());
        server.shutdown().await.unwrap();
    }
}

#[tokio::test]
async fn progress_logs_questions_and_changes_pass_through() {
    for upstream in [OF_SESSIONS, OF_ROUNDS] {
        for downstream in [OF_SESSIONS, OF_ROUNDS] {
            let version: ProtocolVersion = serde_json::from_value(json!(upstream)).unwrap();
            let server = start(process().protocol(version)).await;
            let mut wire = match downstream {
                OF_SESSIONS => {
                    let mut wire = Wire::of_sessions(&server, json!({})).await;
                    wire.request("ping", json!({})).await;
                    wire
                }
                _ => Wire::of_rounds(&server, json!({})),
            };
            let params = json!({
                "name": "up_steps",
                "arguments": { "count": 3 },
                "_meta": { "progressToken": "mine", "io.modelcontextprotocol/logLevel": "info" },
            });
            let answer = wire.request("tools/call", params).await;
            assert_eq!(
                answer["result"]["content"][0]["text"], "3 steps",
                "{answer}"
            );
            let of = |method: &str| -> Vec<Value> {
                let all = wire
                    .notifications
                    .iter()
                    .filter(|it| it["method"] == method);
                all.map(|it| it["params"].clone()).collect()
            };
            let progress = of("notifications/progress");
            assert_eq!(progress.len(), 3, "{upstream} {downstream}: {progress:?}");
            assert_eq!(progress[2]["progress"], 3.0);
            assert_eq!(progress[2]["progressToken"], "mine");

            // A tool that is added to the remote server appears here.
            if downstream == OF_SESSIONS {
                wire.notifications.clear();
                let grow = json!({ "name": "up_grow", "arguments": { "name": "leaf" } });
                wire.request("tools/call", grow).await;
                let changed = |it: &Value| it["method"] == "notifications/tools/list_changed";
                while !wire.notifications.iter().any(changed) {
                    let message = wire.hear().await;
                    wire.notifications.push(message);
                }
                let grown = wire.call("up_leaf").await;
                assert_eq!(grown["result"]["content"][0]["text"], "grown", "{grown}");
            }

            let protocol: ProtocolVersion = serde_json::from_value(json!(downstream)).unwrap();
            let client = Client::builder()
                .on_elicitation(|question| async move {
                    match &*question.message {
                        "Are you sure?" => question.accept(true),
                        _ => question.accept("Ada"),
                    }
                })
                .protocol(protocol)
                .connect(&server)
                .await
                .unwrap();
            let result = client.call_tool("up_confirm", json!(null)).await.unwrap();
            assert_eq!(text(&result), "Ada: true", "{upstream} {downstream}");
            // A client without questions gets the error of the tool.
            let plain = Client::connect(&server).await.unwrap();
            let refused = plain.call_tool("up_confirm", json!(null)).await;
            let is_refused = refused.as_ref().map_or(true, |it| it.is_error);
            assert!(is_refused, "{refused:?}");

            // Dropping a call cancels it in the other process.
            let call = client.call_tool("up_forever", json!(null));
            if (upstream, downstream) == (OF_ROUNDS, OF_ROUNDS) {
                // The call is a task there, which a client cancels itself.
                match call.start().await.unwrap() {
                    Started::Task(task) => task.cancel().await.unwrap(),
                    Started::Finished(result) => panic!("{result:?}"),
                }
            } else {
                let ended = tokio::time::timeout(Duration::from_millis(300), call).await;
                assert!(ended.is_err(), "{ended:?}");
            }
            while eventually(&client, "up_cancelled").await.structured_content
                != Some(json!({ "result": 1 }))
            {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            server.shutdown().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_server_that_is_killed_is_an_error_of_its_tools_until_it_is_back() {
    let address = free_address();
    let first = OverHttp::start(&address);
    // The server may start before the remote one.
    let url = format!("http://{address}/mcp");
    let proxy = FastMcp::new("proxy")
        .select(Selection::name("local"))
        .proxy("up", Upstream::http(url).bearer("secret"))
        .proxy(
            "absent",
            Upstream::http(format!("http://{}/mcp", free_address())),
        )
        .middleware(ReadOnly::unless(fastmcp::Caller::is_local))
        .start()
        .await
        .unwrap();
    let client = Client::connect(&proxy).await.unwrap();
    let before = eventually(&client, "up_pid").await;
    let tools = client.list_tools().await.unwrap().len();
    first.kill();
    let failed = client.call_tool("up_pid", json!(null)).await.unwrap();
    assert!(failed.is_error);
    assert!(
        text(&failed).contains("the server `up` cannot be reached"),
        "{failed:?}"
    );
    assert!(!text(&failed).contains("secret"), "{failed:?}");
    // Other tools work, and the lists show what was known.
    let own = client.call_tool("local", json!(null)).await.unwrap();
    assert_eq!(text(&own), "local");
    assert_eq!(client.list_tools().await.unwrap().len(), tools);

    let _second = OverHttp::start(&address);
    let after = eventually(&client, "up_pid").await;
    assert_ne!(before.structured_content, after.structured_content);
    proxy.shutdown().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_that_is_killed_is_started_again() {
    let server = start(process()).await;
    let client = Client::connect(&server).await.unwrap();
    let first = eventually(&client, "up_pid")
        .await
        .structured_content
        .unwrap();
    let pid = first["result"].as_u64().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-9", &pid])
            .status()
            .unwrap()
            .success()
    );
    let mut second = eventually(&client, "up_pid")
        .await
        .structured_content
        .unwrap();
    while second == first {
        second = eventually(&client, "up_pid")
            .await
            .structured_content
            .unwrap();
    }
    server.shutdown().await.unwrap();
}
