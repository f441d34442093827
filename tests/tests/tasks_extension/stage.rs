//! A connection that exposes its JSON, and the tools that the tests call.

use std::sync::Arc;
use std::time::Duration;

use fastmcp::Server;
use fastmcp::dependencies::State;
use fastmcp::prelude::*;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines};
use tokio::sync::Notify;

use crate::body::Desk;

pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";
pub(crate) const NOT_FOUND: i64 = -32602;
pub(crate) const UNDECLARED: i64 = -32021;

/// A client of protocol 2026-07-28.
pub(crate) struct Wire {
    lines: Lines<BufReader<tokio::io::ReadHalf<DuplexStream>>>,
    write: tokio::io::WriteHalf<DuplexStream>,
    id: u64,
}

/// The capabilities of a client that supports tasks and input requests.
pub(crate) fn able() -> Value {
    json!({ "extensions": { TASKS: {} }, "elicitation": {}, "sampling": {}, "roots": {} })
}

impl Wire {
    pub(crate) fn open(server: &Server) -> Self {
        let (read, write) = tokio::io::split(server.connect());
        Self {
            lines: BufReader::new(read).lines(),
            write,
            id: 0,
        }
    }

    pub(crate) async fn say(&mut self, message: &Value) {
        let line = format!("{message}\n");
        self.write.write_all(line.as_bytes()).await.unwrap();
    }

    pub(crate) async fn hear(&mut self) -> Value {
        let line = self.lines.next_line().await.unwrap().unwrap();
        serde_json::from_str(&line).unwrap()
    }

    /// Returns the whole response to a request that declares these capabilities.
    pub(crate) async fn ask_as(
        &mut self,
        capabilities: Value,
        method: &str,
        mut params: Value,
    ) -> Value {
        self.id += 1;
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = capabilities;
        let id = self.id;
        self.say(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
        loop {
            let message = self.hear().await;
            if message["id"] == id {
                return message;
            }
        }
    }

    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.ask_as(able(), method, params).await
    }

    /// Returns the result of a request that succeeds.
    pub(crate) async fn result(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.ask(method, params).await;
        assert!(answer.get("result").is_some(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Returns the error of a request that fails.
    pub(crate) async fn error(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.ask(method, params).await;
        assert!(answer.get("error").is_some(), "{method}: {answer}");
        answer["error"].take()
    }

    pub(crate) async fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        self.result("tools/call", params).await
    }

    /// Starts a task and returns its id.
    pub(crate) async fn start(&mut self, tool: &str, arguments: Value) -> String {
        let handle = self.call(tool, arguments).await;
        assert_eq!(handle["resultType"], "task", "{handle}");
        handle["taskId"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&mut self, id: &str) -> Value {
        self.result("tasks/get", json!({ "taskId": id })).await
    }

    pub(crate) async fn update(&mut self, id: &str, answers: Value) -> Value {
        let params = json!({ "taskId": id, "inputResponses": answers });
        self.result("tasks/update", params).await
    }

    pub(crate) async fn cancel(&mut self, id: &str) -> Value {
        self.result("tasks/cancel", json!({ "taskId": id })).await
    }

    /// Polls until the task has this status.
    pub(crate) async fn until(&mut self, id: &str, status: &str) -> Value {
        loop {
            let task = self.get(id).await;
            if task["status"] == status {
                return task;
            }
            let is_over =
                ["completed", "failed", "cancelled"].contains(&task["status"].as_str().unwrap());
            assert!(!is_over, "waits for {status}: {task}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// An empty result.
pub(crate) fn acknowledged(answer: &Value) {
    assert_eq!(*answer, json!({ "resultType": "complete" }));
}

/// A gate where tools wait until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(pub(crate) Arc<Notify>);

pub(crate) fn builder() -> FastMcp {
    FastMcp::new("tasks")
        .state(Gate::default())
        .state(Desk { name: "desk 3" })
}

pub(crate) async fn serve_on(docket: &Docket) -> Server {
    builder().docket(docket.clone()).start().await.unwrap()
}

pub(crate) async fn serve() -> Server {
    serve_on(&Docket::memory("tasks")).await
}

/// Says hello.
#[tool]
async fn greet(name: String) -> String {
    format!("Hello, {name}!")
}

/// Takes some seconds.
#[tool(task)]
async fn slow(seconds: u64) -> String {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    format!("slept for {seconds} s")
}

/// Never ends.
#[tool(task(poll = "250ms", ttl = "1m"))]
async fn endless() {
    std::future::pending::<()>().await;
}

#[fastmcp::data]
pub(crate) struct Sum {
    sum: i64,
}

/// Adds up.
#[tool(task)]
async fn add(a: i64, b: i64) -> Result<Sum> {
    let sum = a.checked_add(b).ok_or(ToolError::new("too much"))?;
    Ok(Sum { sum })
}

/// Reports its progress.
#[tool(task)]
async fn steps(ctx: Context, progress: Progress, gate: State<Gate>) -> Result<u64> {
    ctx.report_progress(1.0, Some(4.0), Some("first")).await;
    ctx.report_progress(2.0, None, None).await;
    gate.0.notified().await;
    progress.set_message("second").await?;
    progress.increment(1).await?;
    gate.0.notified().await;
    Ok(progress.report().done)
}

/// Panics.
#[tool(task)]
async fn panics(name: String) -> String {
    panic!("no {name}")
}

/// Only as a task.
#[tool(task(required, ttl = "30s"))]
async fn report(year: u32) -> Result<String> {
    if year == 0 {
        return Err(ToolError::new("there was no such year").into());
    }
    Ok(format!("the report of {year}"))
}

/// Returns the caller.
#[tool(task)]
async fn who(ctx: Context) -> String {
    let client = ctx.client_info().map(|client| client.name.as_str());
    format!("{} of {}", client.unwrap_or("nobody"), ctx.server_name())
}
