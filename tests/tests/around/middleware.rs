//! Middleware around tools, resources, prompts, completions, tasks and lists.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastmcp::client::{Client, ClientError};
use fastmcp::mcp::{ProtocolVersion, ResourceContents};
use fastmcp::middleware::{
    AuditLog, ConcurrencyLimit, ListTools, Middleware, Next, PromptGet, PromptResult, RateLimit,
    ReadOnly, Request, ResourceRead, ResponseLimit, Timeout, Timing, ToolCall, from_fn,
    is_waiting_for_client,
};
use fastmcp::prelude::*;
use fastmcp::{Component, ComponentKind, ProtocolError, Selection, Server, StartError, ToolResult};
use serde_json::{Value, json};
use tokio::sync::Notify;

#[tool(tags("sums"), annotations(read_only))]
async fn add(a: f64, b: f64) -> f64 {
    a + b
}

#[tool]
async fn order(goods: String) -> Result<String> {
    match &*goods {
        "nothing" => Err(ToolError::new("order something").into()),
        "crash" => panic!("lost"),
        _ => Ok(format!("ordered {goods}")),
    }
}

#[tool]
async fn wait(gate: State<Notify>) -> &'static str {
    gate.notified().await;
    "opened"
}

#[tool]
async fn confirm(ctx: Context) -> Result<String> {
    let sure: bool = ctx.elicit("Are you sure?").await?;
    Ok(format!("sure: {sure}"))
}

#[resource("shop://orders/{id}")]
async fn order_page(#[arg(complete = ids)] id: u32) -> String {
    format!("order {id}")
}

#[completion]
async fn ids(value: &str) -> Vec<String> {
    vec![format!("{value}7"), format!("{value}8")]
}

#[prompt]
async fn greet(name: String) -> String {
    format!("Hello {name}")
}

type Log = Arc<Mutex<Vec<String>>>;

fn server() -> FastMcp {
    FastMcp::new("shop")
        .select(Selection::module(module_path!()))
        .state(Notify::new())
}

/// Records the requests that pass, and how they end.
struct Recorder(&'static str, Log);

impl Middleware<Request> for Recorder {
    async fn handle(
        &self,
        request: Request,
        next: Next<Request>,
    ) -> Result<fastmcp::middleware::Answer> {
        let name = self.0;
        let component = request.component().map(Component::name);
        let entry = format!("{name} {} {component:?}", request.kind().method());
        self.1.lock().unwrap().push(entry);
        let reply = next.run(request).await;
        let end = match &reply {
            Ok(answer) if answer.is_error() => "error",
            Ok(_) => "ok",
            Err(error) if is_waiting_for_client(error) => "waiting",
            Err(_) => "failed",
        };
        self.1.lock().unwrap().push(format!("{name} {end}"));
        reply
    }
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

async fn connect(server: FastMcp) -> (Server, Client) {
    let server = server.start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

fn text(result: &ToolResult) -> String {
    json!(result.content)[0]["text"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn message<T: std::fmt::Debug>(reply: Result<T, ClientError>) -> String {
    match reply {
        Err(ClientError::Refused { message, .. }) => message,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_first_middleware_is_the_outermost_and_sees_every_kind_of_request() {
    let log = Log::default();
    let server = server()
        .middleware(Recorder("outer", log.clone()))
        .middleware(Recorder("inner", log.clone()));
    let (_server, client) = connect(server).await;
    client
        .call_tool("add", json!({ "a": 1, "b": 2 }))
        .await
        .unwrap();
    let call = "tools/call Some(\"add\")";
    assert_eq!(
        taken(&log),
        [
            format!("outer {call}"),
            format!("inner {call}"),
            "inner ok".into(),
            "outer ok".into()
        ]
    );
    // Arguments are decoded behind the middleware.
    client.call_tool("add", json!({ "a": "x" })).await.unwrap();
    assert_eq!(taken(&log)[2..], ["inner error", "outer error"]);
    let result = client
        .call_tool("order", json!({ "goods": "crash" }))
        .await
        .unwrap();
    assert!(result.is_error);
    assert_eq!(taken(&log)[2..], ["inner error", "outer error"]);
    client.read_resource("shop://orders/7").await.unwrap();
    assert_eq!(taken(&log)[1], "inner resources/read Some(\"order_page\")");
    client
        .get_prompt("greet", json!({ "name": "Ada" }))
        .await
        .unwrap();
    assert_eq!(taken(&log)[1], "inner prompts/get Some(\"greet\")");
    let completed = client
        .complete_resource("shop://orders/{id}", "id", "", [])
        .await
        .unwrap();
    assert_eq!(completed.values, ["7", "8"]);
    assert_eq!(
        taken(&log)[1],
        "inner completion/complete Some(\"order_page\")"
    );
    client.list_tools().await.unwrap();
    client.list_prompts().await.unwrap();
    client.list_resources().await.unwrap();
    client.list_resource_templates().await.unwrap();
    let lists = taken(&log);
    assert!(
        lists.contains(&"outer tools/list None".to_owned()),
        "{lists:?}"
    );
    assert_eq!(lists.len(), 16);
    // A name that the caller cannot use does not exist, and has no middleware.
    client.call_tool("unknown", json!({})).await.unwrap_err();
    assert_eq!(taken(&log), [""; 0]);
}

async fn shouting(mut call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
    if let Some(Value::String(goods)) = call.arguments_mut().get_mut("goods") {
        *goods = goods.to_uppercase();
    }
    let mut result = next.run(call).await?;
    result.meta = Some(serde_json::Map::from_iter([("seen".into(), true.into())]));
    Ok(result)
}

async fn secret_orders(
    read: ResourceRead,
    next: Next<ResourceRead>,
) -> Result<Vec<ResourceContents>> {
    match read.uri() {
        "shop://orders/1" => Ok(vec![ResourceContents::text(
            "from the middleware",
            read.uri(),
        )]),
        "shop://orders/2" => Err(ProtocolError::new(-32_001, "forbidden").into()),
        "shop://orders/3" => Err(ToolError::new("not today").into()),
        _ => next.run(read).await,
    }
}

async fn described(get: PromptGet, next: Next<PromptGet>) -> Result<PromptResult> {
    let mut prompt = next.clone().run(get.clone()).await?;
    prompt.messages.extend(next.run(get).await?.messages);
    Ok(prompt)
}

async fn without_orders(list: ListTools, next: Next<ListTools>) -> Result<Vec<fastmcp::mcp::Tool>> {
    let mut tools = next.run(list).await?;
    tools.retain(|tool| tool.name != "order");
    tools.reverse();
    Ok(tools)
}

#[tokio::test]
async fn middleware_changes_answers_and_refuses() {
    let server = server()
        .middleware(from_fn(shouting))
        .middleware(from_fn(secret_orders))
        .middleware(from_fn(described))
        .middleware(from_fn(without_orders));
    let (_server, client) = connect(server).await;
    let result = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert_eq!(text(&result), "ordered TEA");
    assert_eq!(result.meta.unwrap()["seen"], true);
    // An error of a tool comes through unchanged.
    let result = client.call_tool("order", json!({})).await.unwrap();
    assert!(
        result.is_error && text(&result).contains("goods"),
        "{result:?}"
    );
    let read = async |id: u32| client.read_resource(&format!("shop://orders/{id}")).await;
    assert_eq!(
        json!(read(1).await.unwrap())[0]["text"],
        "from the middleware"
    );
    assert_eq!(message(read(2).await), "forbidden");
    assert_eq!(message(read(3).await), "not today");
    assert_eq!(json!(read(4).await.unwrap())[0]["text"], "order 4");
    let messages = client
        .get_prompt("greet", json!({ "name": "Ada" }))
        .await
        .unwrap();
    assert_eq!(messages.len(), 2);
    let tools = client.list_tools().await.unwrap();
    let names: Vec<_> = tools.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["add", "confirm", "wait"]);
}

#[tokio::test]
async fn a_selection_limits_middleware_and_must_match() {
    let log = Log::default();
    let of_sums = Selection::tag("sums") & Selection::kind(ComponentKind::Tool);
    let server = server().middleware_for(of_sums, Recorder("sums", log.clone()));
    let (_server, client) = connect(server).await;
    client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    client.list_tools().await.unwrap();
    assert_eq!(taken(&log), [""; 0]);
    client
        .call_tool("add", json!({ "a": 1, "b": 2 }))
        .await
        .unwrap();
    assert_eq!(taken(&log).len(), 2);

    let misspelled = Selection::tag("sum");
    let error = self::server()
        .middleware_for(misspelled, ReadOnly::new())
        .start()
        .await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, StartError::UnmatchedSelection(_)),
        "{error}"
    );
    assert!(
        error.to_string().contains("did you mean `sums`?"),
        "{error}"
    );
}

#[tokio::test]
async fn the_read_only_guard_follows_annotations() {
    let (_server, client) = connect(server().middleware(ReadOnly::new())).await;
    let added = client
        .call_tool("add", json!({ "a": 1, "b": 2 }))
        .await
        .unwrap();
    assert!(!added.is_error);
    let refused = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert_eq!(
        text(&refused),
        "tool `order` may change data, and only reading is allowed"
    );
    let may_write = ReadOnly::unless(fastmcp::Caller::is_local);
    let (_server, client) = connect(server().middleware(may_write)).await;
    let ordered = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert!(!ordered.is_error);
}

#[tokio::test(start_paused = true)]
async fn limits_of_rate_time_and_size() {
    let server = server()
        .middleware(RateLimit::new(2, Duration::from_mins(1)))
        .middleware(Timeout::new(Duration::from_secs(5)))
        .middleware(ResponseLimit::new(100));
    let (_server, client) = connect(server).await;
    let slow = client.call_tool("wait", json!({})).await.unwrap();
    assert_eq!(text(&slow), "`tools/call wait` exceeded its timeout of 5s");
    let long = json!({ "goods": "x".repeat(100) });
    let large = client.call_tool("order", long).await.unwrap();
    assert!(
        text(&large).ends_with("more than the limit of 100 bytes"),
        "{large:?}"
    );
    let goods = json!({ "goods": "tea" });
    assert!(
        !client
            .call_tool("order", goods.clone())
            .await
            .unwrap()
            .is_error
    );
    let refused = client.call_tool("order", goods.clone()).await.unwrap();
    assert_eq!(
        text(&refused),
        "tool `order` allows 2 requests in 60s; try again in 31 seconds"
    );
    // Other components have their own limit.
    client.read_resource("shop://orders/7").await.unwrap();
    tokio::time::advance(Duration::from_secs(30)).await;
    assert!(!client.call_tool("order", goods).await.unwrap().is_error);
}

#[tokio::test]
async fn a_concurrency_limit_queues_or_refuses() {
    let entered = Arc::new(Notify::new());
    let is_entered = Arc::clone(&entered);
    let announce = from_fn(move |call: ToolCall, next: Next<ToolCall>| {
        entered.notify_one();
        next.run(call)
    });
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let hold = from_fn(move |call: ToolCall, next: Next<ToolCall>| {
        let gate = Arc::clone(&gate);
        async move {
            gate.notified().await;
            next.run(call).await
        }
    });
    let limit = ConcurrencyLimit::new(1).refuse();
    let server = server()
        .middleware(limit)
        .middleware(announce)
        .middleware(hold);
    let (_server, client) = connect(server).await;
    let client = Arc::new(client);
    let sum = json!({ "a": 1, "b": 2 });
    let first = tokio::spawn({
        let (client, sum) = (Arc::clone(&client), sum.clone());
        async move { client.call_tool("add", sum).await }
    });
    is_entered.notified().await;
    let refused = client.call_tool("add", sum).await.unwrap();
    assert_eq!(text(&refused), "1 requests are running; try again later");
    opened.notify_one();
    assert!(!first.await.unwrap().unwrap().is_error);
}

#[tokio::test]
async fn middleware_asks_the_user_in_both_revisions() {
    async fn ask(call: ToolCall, next: Next<ToolCall>) -> Result<ToolResult> {
        let may: bool = call
            .context()
            .elicit(format!("May {} run?", call.name()))
            .await?;
        if may {
            next.run(call).await
        } else {
            Ok(ToolResult::error("the user forbids it"))
        }
    }
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let log = Log::default();
        let server = server()
            .middleware(Recorder("outer", log.clone()))
            .middleware_for(Selection::name("confirm"), from_fn(ask))
            .start()
            .await
            .unwrap();
        let client = Client::builder()
            .on_elicitation(|question| async move { question.accept(true) })
            .protocol(protocol.clone())
            .connect(&server)
            .await
            .unwrap();
        let result = client.call_tool("confirm", json!({})).await.unwrap();
        assert_eq!(text(&result), "sure: true", "{protocol}");
        let waiting = taken(&log)
            .iter()
            .filter(|it| *it == "outer waiting")
            .count();
        // The middleware is dropped at its own question, so the outer one records only that of the tool.
        let expected = usize::from(protocol == ProtocolVersion::V_2026_07_28);
        assert_eq!(waiting, expected, "{protocol}");
    }
}

#[tokio::test]
async fn the_audit_log_names_callers_and_outcomes_but_no_arguments() {
    let log = Log::default();
    let entries = Arc::clone(&log);
    let audit = AuditLog::to(move |entry| {
        let mut entry = json!(entry);
        entry["elapsed"].take();
        entries.lock().unwrap().push(entry.to_string());
    });
    let timed = Log::default();
    let times = Arc::clone(&timed);
    let timing = Timing::new(move |timed| {
        let entry = format!("{} {}", timed.kind.method(), timed.outcome);
        times.lock().unwrap().push(entry);
    });
    let (_server, client) = connect(server().middleware(audit).middleware(timing)).await;
    client
        .call_tool("order", json!({ "goods": "nothing" }))
        .await
        .unwrap();
    client.list_tools().await.unwrap();
    let entries = taken(&log);
    assert_eq!(entries.len(), 1);
    assert!(entries[0].contains(r#""component":"order""#), "{entries:?}");
    assert!(entries[0].contains(r#""outcome":"failed""#), "{entries:?}");
    assert!(!entries[0].contains("nothing"), "{entries:?}");
    assert_eq!(taken(&timed), ["tools/call failed", "tools/list answered"]);
}

#[tokio::test]
async fn a_middleware_that_panics_or_answers_wrongly_fails_one_request() {
    async fn wrong(request: Request, next: Next<Request>) -> Result<fastmcp::middleware::Answer> {
        match request.component().map(Component::name) {
            Some("order") => panic!("broken"),
            Some("add") => Ok(fastmcp::middleware::Answer::Task),
            _ => next.run(request).await,
        }
    }
    let (_server, client) = connect(server().middleware(from_fn(wrong))).await;
    let panicked = client
        .call_tool("order", json!({ "goods": "tea" }))
        .await
        .unwrap();
    assert_eq!(text(&panicked), "tool `order`: panicked: broken");
    let wrong = client
        .call_tool("add", json!({ "a": 1, "b": 2 }))
        .await
        .unwrap();
    assert!(text(&wrong).contains("another kind"), "{wrong:?}");
    client.read_resource("shop://orders/7").await.unwrap();
}
