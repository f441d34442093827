//! The tools that the tests call, and the requests about them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::dependencies::State;
use fastmcp::prelude::*;
use fastmcp::{Selection, Server, TaskFallback};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};

/// The time that a call may take.
pub(crate) const AFTER: Duration = Duration::from_secs(10);

#[fastmcp::data]
pub(crate) struct Report {
    year: u32,
    pages: u32,
}

/// Makes a report.
#[tool(task(poll = "2s", ttl = "10m"))]
async fn report(year: u32, seconds: u64, ctx: Context) -> Result<Report> {
    ctx.report_progress(1.0, Some(2.0), Some("half of it"))
        .await;
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    if year == 0 {
        return Err(ToolError::new("there was no such year").into());
    }
    Ok(Report { year, pages: 7 })
}

/// Fails with a JSON-RPC error.
#[tool(task = "required")]
async fn refuses(seconds: u64) -> Result<()> {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    Err(fastmcp::ProtocolError::new(-32001, "not today").into())
}

/// The bodies of `endless` that run.
#[derive(Clone, Default)]
pub(crate) struct Running(pub(crate) Arc<AtomicU32>);

impl Running {
    /// Waits until this number of bodies run.
    pub(crate) async fn until(&self, count: u32) {
        while self.0.load(Ordering::SeqCst) != count {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

/// Never ends.
#[tool(task)]
async fn endless(running: State<Running>) {
    struct Guard(Arc<AtomicU32>);
    impl Drop for Guard {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    running.0.fetch_add(1, Ordering::SeqCst);
    let _guard = Guard(Arc::clone(&running.0));
    std::future::pending::<()>().await;
}

/// Asks for a name.
#[tool(task)]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Your name?").await?;
    Ok(format!("Hello, {name}"))
}

/// An ordinary tool.
#[tool]
async fn add(a: i64, b: i64) -> Report {
    Report {
        year: u32::try_from(a + b).unwrap_or_default(),
        pages: 0,
    }
}

pub(crate) fn builder() -> FastMcp {
    FastMcp::new("fallback")
        .select(Selection::module(module_path!()))
        .state(Running::default())
        .docket(Docket::memory("fallback"))
}

pub(crate) async fn serve() -> Server {
    let fallback = TaskFallback::after(AFTER);
    builder().task_fallback(fallback).start().await.unwrap()
}

/// A client without support for tasks, of the revision with sessions and of the one without.
pub(crate) async fn clients(server: &Server) -> [Wire; 2] {
    let capabilities = json!({ "elicitation": {} });
    let session = Wire::of_sessions(server, capabilities.clone()).await;
    [session, Wire::of_rounds(server, capabilities)]
}

/// A client that supports tasks.
pub(crate) fn declaring(server: &Server) -> Wire {
    let tasks = json!({ "io.modelcontextprotocol/tasks": {} });
    Wire::of_rounds(server, json!({ "extensions": tasks }))
}

/// Calls a tool, and returns the result without the parts that only one of the revisions has.
pub(crate) async fn call(wire: &mut Wire, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    let mut answer = wire.request("tools/call", params).await;
    assert!(answer.get("result").is_some(), "{tool}: {answer}");
    let mut result = answer["result"].take();
    if let Some(result) = result.as_object_mut() {
        result.remove("resultType");
        result.remove("_meta");
    }
    result
}

/// Returns the text of a result.
pub(crate) fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().expect("a text")
}

/// Returns the ID in the answer to a long call.
pub(crate) fn task_id(result: &Value) -> Value {
    assert_eq!(result["structuredContent"]["status"], "working", "{result}");
    json!({ "taskId": result["structuredContent"]["taskId"] })
}
