//! The tools whose tasks the tests follow.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fastmcp::dependencies::State;
use fastmcp::middleware::{Middleware, Next, TaskOperation, TaskRequest, from_fn};
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use fastmcp_tests::wire::Wire;
use serde_json::{Value, json};
use tokio::sync::Notify;

pub(crate) const TASKS: &str = "io.modelcontextprotocol/tasks";
pub(crate) const SUBSCRIPTION: &str = "io.modelcontextprotocol/subscriptionId";

/// A gate where the tools wait until the test opens it.
#[derive(Clone, Default)]
pub(crate) struct Gate(pub(crate) Arc<Notify>);

/// Works in two parts.
#[tool(task(ttl = "1d"))]
async fn work(name: String, ctx: Context, gate: State<Gate>) -> Result<String> {
    gate.0.notified().await;
    ctx.report_progress(1.0, Some(2.0), Some("half of it"))
        .await;
    gate.0.notified().await;
    Ok(format!("{name} is done"))
}

/// Works in two parts, and wants to be polled once a minute.
#[tool(task(poll = "1m", ttl = "1d"))]
async fn work_for_long(name: String, ctx: Context, gate: State<Gate>) -> Result<String> {
    gate.0.notified().await;
    ctx.report_progress(1.0, Some(2.0), Some("half of it"))
        .await;
    gate.0.notified().await;
    Ok(format!("{name} is done"))
}

/// Asks.
#[tool(task)]
async fn ask(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Your name?").key("name").await?;
    Ok(format!("Hello, {name}"))
}

/// Fails with a JSON-RPC error.
#[tool(task)]
async fn refuses(gate: State<Gate>) -> Result<()> {
    gate.0.notified().await;
    Err(fastmcp::ProtocolError::new(-32001, "not today").into())
}

/// Reports progress very often.
#[tool(task)]
async fn busy(ctx: Context, gate: State<Gate>) {
    gate.0.notified().await;
    for number in 0..1000 {
        let message = format!("step {number}");
        ctx.report_progress(f64::from(number), None, Some(&message))
            .await;
        tokio::task::yield_now().await;
    }
}

/// Hides or shows itself, to change the list of tools.
#[tool]
async fn hide(ctx: Context) -> Result<()> {
    ctx.hide(&Selection::name("busy"))?;
    Ok(())
}

pub(crate) fn builder(gate: &Gate) -> FastMcp {
    FastMcp::new("notifications")
        .select(Selection::module(module_path!()))
        .state(gate.clone())
        .docket(Docket::memory("notifications"))
}

/// Counts the requests for the state of a task, with one for each subscription, which finds out whose task it is.
#[derive(Clone, Default)]
pub(crate) struct Looks(Arc<AtomicUsize>);

impl Looks {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn middleware(&self) -> impl Middleware<TaskRequest> + use<> {
        let counter = Arc::clone(&self.0);
        from_fn(move |task: TaskRequest, next: Next<TaskRequest>| {
            if task.operation() == TaskOperation::Get {
                counter.fetch_add(1, Ordering::SeqCst);
            }
            next.run(task)
        })
    }
}

pub(crate) async fn serve() -> (Server, Gate) {
    let gate = Gate::default();
    (builder(&gate).start().await.unwrap(), gate)
}

pub(crate) fn capabilities() -> Value {
    json!({ "extensions": { TASKS: {} }, "elicitation": {} })
}

pub(crate) fn wire(server: &Server) -> Wire {
    Wire::of_rounds(server, capabilities())
}

/// Makes a task, and returns its ID.
pub(crate) async fn start(wire: &mut Wire, tool: &str, arguments: Value) -> String {
    let params = json!({ "name": tool, "arguments": arguments });
    let answer = wire.request("tools/call", params).await;
    let id = answer["result"]["taskId"].as_str();
    id.unwrap_or_else(|| panic!("{answer}")).to_owned()
}
