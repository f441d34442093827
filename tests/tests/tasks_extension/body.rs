//! The environment of a tool body that runs as a task.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fastmcp::dependencies::{Cancellation, CurrentExecution, Scope, State};
use fastmcp::prelude::*;
use serde_json::json;

use crate::stage::{Wire, builder, serve, serve_on};

/// The actions of providers, kept in the server's state.
#[derive(Default)]
struct Seen {
    opened: AtomicU32,
    closed: AtomicU32,
    tidied: AtomicU32,
}

type Shared = std::sync::Arc<Seen>;

#[dependency]
async fn opened(seen: Option<State<Shared>>, scope: Scope<u32>) -> Result<()> {
    let seen = seen.ok_or(ToolError::new("nobody looks"))?;
    seen.opened.fetch_add(1, Ordering::SeqCst);
    scope.provide(7).await;
    seen.closed.fetch_add(1, Ordering::SeqCst);
    Ok(())
}

/// Uses a provided value.
#[tool(task)]
async fn uses(#[depends(opened)] number: &u32, wait: bool) -> u32 {
    if wait {
        std::future::pending::<()>().await;
    }
    *number
}

/// Returns the `_meta` of the request, and its argument.
#[tool(task)]
async fn meta(value: serde_json::Value, ctx: Context) -> Result<serde_json::Value> {
    let tenant: Option<String> = ctx.meta_value("com.example/tenant")?;
    Ok(json!({ "meta": ctx.meta(), "tenant": tenant, "value": value }))
}

/// Cleans up when it is cancelled.
#[tool(task)]
async fn tidy(seen: Option<State<Shared>>, cancellation: Option<Cancellation>) -> bool {
    let (Some(seen), Some(cancellation)) = (seen, cancellation) else {
        return false;
    };
    cancellation.cancelled().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    seen.tidied.fetch_add(1, Ordering::SeqCst);
    true
}

/// Returns whether it runs in the docket.
#[tool(task)]
async fn in_background(run: Option<CurrentExecution>) -> bool {
    run.is_some_and(|run| run.attempt() == 1)
}

#[task]
async fn twice(number: u32) -> u32 {
    number * 2
}

/// Schedules work of its own and waits for it.
#[tool(task)]
async fn schedules(number: u32, docket: Docket) -> Result<u32> {
    Ok(docket.add(twice)(number).await?.result().await?)
}

pub(crate) struct Desk {
    pub(crate) name: &'static str,
}

#[tools]
impl Desk {
    /// Takes an order.
    #[tool(task(ttl = "10m"))]
    async fn order(&self, goods: String) -> String {
        format!("{goods}, ordered at {}", self.name)
    }
}

/// Takes too long.
#[tool(task, timeout = "2s")]
async fn late() {
    tokio::time::sleep(Duration::from_secs(3)).await;
}

async fn text(wire: &mut Wire, tool: &str, arguments: serde_json::Value) -> String {
    let id = wire.start(tool, arguments).await;
    let task = wire.until(&id, "completed").await;
    task["result"]["content"][0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(start_paused = true)]
async fn providers_run_in_the_worker_and_are_torn_down() {
    let seen = Shared::default();
    let docket = Docket::memory("tasks");
    let server = builder().state(seen.clone()).docket(docket);
    let server = server.start().await.unwrap();
    let mut wire = Wire::open(&server);
    assert_eq!(text(&mut wire, "uses", json!({ "wait": false })).await, "7");
    assert_eq!(seen.closed.load(Ordering::SeqCst), 1);
    // The teardown also runs if the task is cancelled while the body runs.
    let id = wire.start("uses", json!({ "wait": true })).await;
    while seen.opened.load(Ordering::SeqCst) < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    wire.cancel(&id).await;
    wire.until(&id, "cancelled").await;
    server.shutdown().await.unwrap();
    assert_eq!(seen.closed.load(Ordering::SeqCst), 2);
}

/// The error of a failed provider is in the result, as in a direct call.
#[tokio::test(start_paused = true)]
async fn a_provider_failure_is_in_the_result() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("uses", json!({ "wait": false })).await;
    let task = wire.until(&id, "completed").await;
    assert_eq!(task["result"]["isError"], true);
    assert_eq!(task["result"]["content"][0]["text"], "nobody looks");
}

#[tokio::test(start_paused = true)]
async fn a_body_can_clean_up_after_a_cancellation() {
    let seen = Shared::default();
    let docket = Docket::memory("tasks");
    let server = builder().state(seen.clone()).docket(docket);
    let server = server.start().await.unwrap();
    let mut wire = Wire::open(&server);
    let id = wire.start("tidy", json!({})).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    wire.cancel(&id).await;
    assert_eq!(wire.get(&id).await["status"], "working", "it has its grace");
    wire.until(&id, "cancelled").await;
    assert_eq!(seen.tidied.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_body_can_detect_that_it_runs_as_a_task() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    assert_eq!(text(&mut wire, "in_background", json!({})).await, "true");
    let params = json!({ "name": "in_background", "arguments": {} });
    let answer = wire.ask_as(json!({}), "tools/call", params).await;
    assert_eq!(answer["result"]["content"][0]["text"], "false");
}

#[tokio::test(start_paused = true)]
async fn a_body_can_schedule_work() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    assert_eq!(
        text(&mut wire, "schedules", json!({ "number": 21 })).await,
        "42"
    );
}

#[tokio::test(start_paused = true)]
async fn methods_can_be_tasks() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let said = text(&mut wire, "order", json!({ "goods": "ink" })).await;
    assert_eq!(said, "ink, ordered at desk 3");
    let handle = wire.call("order", json!({ "goods": "ink" })).await;
    assert_eq!(handle["ttlMs"], 600_000);
}

/// The timeout error of a tool is in the result, as in a direct call.
#[tokio::test(start_paused = true)]
async fn a_timeout_is_in_the_result() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let said = text(&mut wire, "late", json!({})).await;
    assert_eq!(said, "tool `late` exceeded its timeout of 2s");
}

/// The body can read the caller after the request has ended, also on another server.
#[tokio::test(start_paused = true)]
async fn the_worker_sees_the_client() {
    let docket = Docket::memory("tasks");
    let front = serve_on(&docket).await;
    let mut wire = Wire::open(&front);
    let meta = json!({ "io.modelcontextprotocol/clientInfo": { "name": "ada", "version": "1" } });
    let params = json!({ "name": "who", "arguments": {}, "_meta": meta });
    let handle = wire.result("tools/call", params).await;
    let task = wire
        .until(handle["taskId"].as_str().unwrap(), "completed")
        .await;
    assert_eq!(task["result"]["content"][0]["text"], "ada of tasks");
}

/// The keys that only concern the request are removed.
#[tokio::test(start_paused = true)]
async fn the_body_sees_the_meta_of_its_request() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let sent = json!({ "com.example/tenant": "acme", "com.example/list": [1], "progressToken": 1 });
    let call = json!({ "name": "meta", "arguments": { "value": 1 }, "_meta": sent });
    let handle = wire.result("tools/call", call.clone()).await;
    let id = handle["taskId"].as_str().unwrap();
    let task = wire.until(id, "completed").await;
    let expected = json!({
        "meta": { "com.example/tenant": "acme", "com.example/list": [1] },
        "tenant": "acme",
        "value": 1,
    });
    assert_eq!(task["result"]["structuredContent"], expected);

    let mut unfit = call;
    unfit["_meta"]["com.example/tenant"] = json!([1]);
    let handle = wire.result("tools/call", unfit).await;
    let id = handle["taskId"].as_str().unwrap();
    let task = wire.until(id, "failed").await;
    assert_eq!(task["error"]["code"], -32602, "{task}");
}

/// An argument with the keys that `serde_json` uses itself arrives unchanged.
#[tokio::test(start_paused = true)]
async fn no_key_of_an_argument_has_a_meaning() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    for key in [
        "$serde_json::private::RawValue",
        "$serde_json::private::Number",
    ] {
        for value in [
            json!({ key: "[1]" }),
            json!([{ "a": { key: { key: 7 }, "b": null } }]),
        ] {
            let id = wire.start("meta", json!({ "value": value })).await;
            let task = wire.until(&id, "completed").await;
            assert_eq!(task["result"]["structuredContent"]["value"], value);
        }
    }
}
