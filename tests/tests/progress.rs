//! `Progress` outside of tasks: a client that sent a progress token is notified.

use fastmcp::dependencies::Scope;
use fastmcp::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines};

/// Reports a step through the same `Progress` as the handler that uses it.
#[dependency]
async fn opened(progress: Progress, scope: Scope<u64>) -> Result<()> {
    progress.increment(1).await?;
    scope.provide(7).await;
    progress.set_message("closed").await?;
    Ok(())
}

#[tool]
async fn copy(#[depends(opened)] opened: &u64, progress: Progress) -> Result<u64> {
    progress.set_total(3).await?;
    progress.set_message("copying").await?;
    progress.increment(2).await?;
    Ok(*opened)
}

#[resource("data://copied")]
async fn copied(progress: &Progress) -> Result<String> {
    progress.increment(5).await?;
    Ok("copied".into())
}

#[prompt]
async fn ask(progress: Option<Progress>) -> Result<String> {
    let progress = progress.ok_or(ToolError::new("a request has a progress"))?;
    progress.increment(1).await?;
    Ok("ask".into())
}

#[tool]
async fn through_a_task(docket: Docket) -> Result<u64> {
    let execution = docket.add(counted)().await?;
    execution.result().await?;
    Ok(execution.progress().await?.done)
}

#[task]
async fn counted(progress: Progress) -> Result<()> {
    progress.increment(4).await?;
    Ok(())
}

struct Wire {
    lines: Lines<BufReader<tokio::io::ReadHalf<DuplexStream>>>,
    write: tokio::io::WriteHalf<DuplexStream>,
}

impl Wire {
    async fn open(server: &fastmcp::Server) -> Self {
        let (read, write) = tokio::io::split(server.connect());
        let lines = BufReader::new(read).lines();
        let mut wire = Self { lines, write };
        wire.say(
            &json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": { "name": "test", "version": "0" },
        } }),
        )
        .await;
        wire.hear().await;
        wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
            .await;
        wire
    }

    async fn say(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.write.write_all(line.as_bytes()).await.unwrap();
    }

    async fn hear(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Returns the notifications before a response, and the response.
    async fn ask(&mut self, method: &str, mut params: Value, token: bool) -> (Vec<Value>, Value) {
        if token {
            params["_meta"] = json!({ "progressToken": "here" });
        }
        self.say(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }))
            .await;
        let mut notifications = Vec::new();
        loop {
            let mut message = self.hear().await;
            if message.get("id").is_some() {
                return (notifications, message["result"].take());
            }
            assert_eq!(message["method"], "notifications/progress");
            assert_eq!(message["params"]["progressToken"], "here");
            notifications.push(message["params"].take());
        }
    }
}

async fn start() -> fastmcp::Server {
    let server = FastMcp::new("progress").docket(Docket::memory("progress"));
    server.start().await.unwrap()
}

#[tokio::test]
async fn a_client_gets_increasing_progress_from_a_tool() {
    let server = start().await;
    let mut wire = Wire::open(&server).await;
    let params = json!({ "name": "copy", "arguments": {} });
    let (told, result) = wire.ask("tools/call", params, true).await;
    assert_eq!(result["structuredContent"], json!({ "result": 7 }));

    let numbers: Vec<f64> = told
        .iter()
        .filter_map(|it| it["progress"].as_f64())
        .collect();
    assert_eq!(numbers.len(), 5, "{told:?}");
    assert!(numbers.is_sorted_by(|a, b| a < b), "{numbers:?}");
    let rounded: Vec<f64> = numbers.iter().map(|number| number.round()).collect();
    assert_eq!(rounded, [1.0, 1.0, 1.0, 3.0, 3.0]);
    assert_eq!(told[0].get("total"), None);
    assert_eq!(told[1]["total"], 3.0);
    assert_eq!(told[2]["message"], "copying");
    // The teardown also reports progress, before the response.
    assert_eq!(told[4]["message"], "closed");
}

#[tokio::test]
async fn resources_and_prompts_report_progress() {
    let server = start().await;
    let mut wire = Wire::open(&server).await;
    let params = json!({ "uri": "data://copied" });
    let (told, result) = wire.ask("resources/read", params, true).await;
    assert_eq!(result["contents"][0]["text"], "copied");
    assert_eq!(told[0]["progress"], 5.0);
    let (told, _) = wire
        .ask("prompts/get", json!({ "name": "ask" }), true)
        .await;
    assert_eq!(told[0]["progress"], 1.0);
}

#[tokio::test]
async fn a_client_without_a_progress_token_gets_no_progress() {
    let server = start().await;
    let mut wire = Wire::open(&server).await;
    let params = json!({ "name": "copy", "arguments": {} });
    let (told, result) = wire.ask("tools/call", params, false).await;
    assert_eq!(told, [] as [Value; 0]);
    assert_eq!(result["isError"], false);
}

#[tokio::test]
async fn a_task_reports_progress_to_its_docket() {
    let server = start().await;
    let mut wire = Wire::open(&server).await;
    let params = json!({ "name": "through_a_task", "arguments": {} });
    let (told, result) = wire.ask("tools/call", params, true).await;
    assert_eq!(told, [] as [Value; 0]);
    assert_eq!(result["structuredContent"], json!({ "result": 4 }));
}

#[tokio::test]
async fn a_unit_test_can_read_reported_progress() {
    let progress = Progress::detached();
    assert_eq!(copy(&7, progress.clone()).await.unwrap(), 7);
    assert_eq!(progress.report().done, 2);
    assert_eq!(progress.report().total, Some(3));
}
