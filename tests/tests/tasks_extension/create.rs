//! Creation of tasks and the fields of a handle (T1 to T8, T31, T33, T36).

use std::collections::HashSet;

use fastmcp::prelude::*;
use serde_json::{Value, json};

use crate::stage::{TASKS, UNDECLARED, Wire, able, builder, serve, serve_on};

async fn discover(server: &fastmcp::Server) -> Value {
    let capabilities = Wire::open(server)
        .result("server/discover", json!({}))
        .await;
    capabilities["capabilities"].clone()
}

/// T1.
#[tokio::test(start_paused = true)]
async fn the_extension_is_advertised_with_a_docket() {
    let capabilities = discover(&serve().await).await;
    assert_eq!(capabilities["extensions"][TASKS], json!({}));
    assert!(
        capabilities.get("tasks").is_none(),
        "that is another protocol"
    );
}

/// T1: without a docket there are no tasks; a tool that allows tasks is then called directly.
#[tokio::test(start_paused = true)]
async fn without_a_docket_there_are_no_tasks() {
    let optional = fastmcp::Selection::name("slow");
    let server = builder()
        .docket(None)
        .select(optional)
        .start()
        .await
        .unwrap();
    let capabilities = discover(&server).await;
    assert!(capabilities["extensions"].get(TASKS).is_none());
    let mut wire = Wire::open(&server);
    let result = wire.call("slow", json!({ "seconds": 1 })).await;
    assert_eq!(result["content"][0]["text"], "slept for 1 s");
    let error = wire.error("tasks/get", json!({ "taskId": "x" })).await;
    assert_eq!(error["code"], -32601);
}

/// T2: a declaration on another request or connection does not count.
#[tokio::test(start_paused = true)]
async fn a_request_without_the_extension_gets_no_task() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    wire.start("slow", json!({ "seconds": 1 })).await;
    let params = json!({ "name": "slow", "arguments": { "seconds": 1 } });
    for capabilities in [
        json!({}),
        json!({ "extensions": {} }),
        json!({ "tasks": {} }),
        json!({ "experimental": { TASKS: {} } }),
    ] {
        let answer = wire
            .ask_as(capabilities, "tools/call", params.clone())
            .await;
        assert_eq!(answer["result"]["content"][0]["text"], "slept for 1 s");
        assert_eq!(answer["result"]["resultType"], "complete");
    }
    wire.start("slow", json!({ "seconds": 1 })).await;
}

/// T2: a declaration at the start of a session of an earlier revision does not count.
#[tokio::test(start_paused = true)]
async fn a_session_of_the_older_protocol_gets_no_task() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let initialize = json!({ "protocolVersion": "2025-11-25", "capabilities": able(),
        "clientInfo": { "name": "old", "version": "0" } });
    wire.say(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize }))
        .await;
    wire.hear().await;
    wire.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))
        .await;
    let call = |id: u32, tool: &str, arguments: Value| {
        json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call",
            "params": { "name": tool, "arguments": arguments } })
    };
    wire.say(&call(2, "slow", json!({ "seconds": 1 }))).await;
    let answer = wire.hear().await;
    assert_eq!(answer["result"]["content"][0]["text"], "slept for 1 s");
    wire.say(&call(3, "report", json!({ "year": 1 }))).await;
    assert_eq!(wire.hear().await["error"]["code"], UNDECLARED);
    let get =
        json!({ "jsonrpc": "2.0", "id": 4, "method": "tasks/get", "params": { "taskId": "x" } });
    wire.say(&get).await;
    assert_eq!(wire.hear().await["error"]["code"], UNDECLARED);
}

/// T3 and T31.
#[tokio::test(start_paused = true)]
async fn tasks_require_the_extension() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    let call = json!({ "name": "report", "arguments": { "year": 2026 } });
    let requests = [
        ("tools/call", call),
        ("tasks/get", json!({ "taskId": id })),
        (
            "tasks/update",
            json!({ "taskId": id, "inputResponses": {} }),
        ),
        ("tasks/cancel", json!({ "taskId": id })),
    ];
    for (method, params) in requests {
        let answer = wire.ask_as(json!({}), method, params).await;
        assert_eq!(answer["error"]["code"], UNDECLARED, "{method}: {answer}");
        let required = &answer["error"]["data"]["requiredCapabilities"];
        assert_eq!(required["extensions"][TASKS], json!({}), "{method}");
    }
    assert_eq!(
        wire.get(&id).await["status"],
        "working",
        "it was not cancelled"
    );
}

/// T5 and T6.
#[tokio::test(start_paused = true)]
async fn a_handle_has_exactly_the_specified_fields() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let handle = wire.call("endless", json!({})).await;
    let mut fields: Vec<&str> = handle
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    fields.sort_unstable();
    let expected = [
        "createdAt",
        "lastUpdatedAt",
        "pollIntervalMs",
        "resultType",
        "status",
        "taskId",
        "ttlMs",
    ];
    assert_eq!(fields, expected, "{handle}");
    assert_eq!(handle["resultType"], "task");
    assert_eq!(handle["status"], "working");
    assert_eq!(handle["ttlMs"], 60_000);
    assert_eq!(handle["pollIntervalMs"], 250);
    let created = handle["createdAt"].as_str().unwrap();
    assert!(
        created.len() == 24 && created.ends_with('Z') && created.contains('T'),
        "{created}"
    );
    assert_eq!(handle["lastUpdatedAt"], handle["createdAt"]);

    let task = wire.get(handle["taskId"].as_str().unwrap()).await;
    assert_eq!(task["resultType"], "complete", "a task is not its handle");
    for field in ["taskId", "createdAt", "ttlMs", "pollIntervalMs"] {
        assert_eq!(task[field], handle[field], "{field}");
    }
}

/// T6: by default a task is kept for an hour and polled every second.
#[tokio::test(start_paused = true)]
async fn default_ttl_and_poll_interval() {
    let server = serve().await;
    let handle = Wire::open(&server)
        .call("slow", json!({ "seconds": 0 }))
        .await;
    assert_eq!(handle["ttlMs"], 3_600_000);
    assert_eq!(handle["pollIntervalMs"], 1000);
}

/// T8: a task is stored before its handle is returned, so the handle resolves on every connection and server.
#[tokio::test(start_paused = true)]
async fn a_handle_resolves_at_once_on_every_server() {
    let docket = Docket::memory("shared");
    let (one, other) = (serve_on(&docket).await, serve_on(&docket).await);
    let mut wire = Wire::open(&one);
    for server in [&one, &other] {
        let mut asks = Wire::open(server);
        for _ in 0..20 {
            let id = wire.start("endless", json!({})).await;
            assert_eq!(asks.get(&id).await["status"], "working");
        }
    }
}

/// T8: if the docket refuses the task, no handle is returned.
#[tokio::test(start_paused = true)]
async fn a_handle_is_returned_only_after_the_task_is_stored() {
    let docket = Docket::builder("full").capacity(1).memory();
    let server = serve_on(&docket).await;
    let mut wire = Wire::open(&server);
    wire.start("endless", json!({})).await;
    let params = json!({ "name": "endless", "arguments": {} });
    let error = wire.error("tools/call", params).await;
    assert_eq!(
        error,
        json!({ "code": -32603, "message": "too many tasks have not ended; try again later" })
    );
}

/// A call whose arguments are too large for the docket is a client error.
#[tokio::test(start_paused = true)]
async fn arguments_that_are_too_large_are_refused() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let params = json!({ "name": "panics", "arguments": { "name": "x".repeat(2 << 20) } });
    let error = wire.error("tools/call", params).await;
    assert_eq!(error["code"], -32602);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("the limit is"), "{message}");
}

/// T33.
#[tokio::test(start_paused = true)]
async fn task_ids_are_256_random_bits() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let mut ids = HashSet::new();
    for _ in 0..50 {
        let id = wire.start("endless", json!({})).await;
        assert_eq!(id.len(), 64);
        assert!(id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        // No two ids share a prefix, so they contain neither a counter nor a clock.
        assert!(ids.insert(id[..8].to_owned()));
    }
}

/// T36.
#[tokio::test(start_paused = true)]
async fn features_of_older_drafts_are_gone() {
    let server = serve().await;
    let mut wire = Wire::open(&server);
    let id = wire.start("endless", json!({})).await;
    for method in ["tasks/result", "tasks/list"] {
        let error = wire.error(method, json!({ "taskId": id })).await;
        assert_eq!(error["code"], -32601, "{method}");
    }
    let params = json!({ "name": "slow", "arguments": { "seconds": 1 }, "task": { "ttl": 1000 } });
    let answer = wire.ask_as(json!({}), "tools/call", params.clone()).await;
    assert_eq!(answer["result"]["content"][0]["text"], "slept for 1 s");
    let params =
        json!({ "name": "greet", "arguments": { "name": "Ada" }, "task": { "ttl": 1000 } });
    let result = wire.result("tools/call", params).await;
    assert_eq!(result["content"][0]["text"], "Hello, Ada!");
}

/// A tool without `task` is called directly even if the client declares the extension, and leaves
/// nothing in the docket.
#[tokio::test(start_paused = true)]
async fn tools_without_the_option_never_run_as_tasks() {
    let docket = Docket::memory("tasks");
    let server = serve_on(&docket).await;
    let result = Wire::open(&server)
        .call("greet", json!({ "name": "Ada" }))
        .await;
    assert_eq!(result["resultType"], "complete");
    assert_eq!(docket.snapshot().await.unwrap().pending(), 0);
}

/// The creation and the run of a task are two requests for middleware.
#[tokio::test(start_paused = true)]
async fn middleware_sees_the_creation_and_the_run_of_a_task() {
    use std::sync::{Arc, Mutex};

    use fastmcp::middleware::{
        Answer, Next, ReadOnly, Request, TaskOperation, TaskRequest, from_fn,
    };

    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let record = move |request: Request, next: Next<Request>| {
        let entry = match &request {
            Request::Task(task) => format!("{:?}", task.operation()),
            other => format!("{} as a task: {}", other.kind().method(), other.is_task()),
        };
        log.lock().unwrap().push(entry);
        next.run(request)
    };
    let record = from_fn::<_, _, futures_util::future::BoxFuture<'static, Result<Answer>>>(record);
    let refuse = from_fn(async |task: TaskRequest, next: Next<TaskRequest>| {
        if task.operation() == TaskOperation::Cancel {
            return Err(ToolError::new("it must run to its end").into());
        }
        next.run(task).await
    });
    let docket = Docket::memory("middleware");
    let server = builder()
        .docket(docket)
        .middleware(record)
        .middleware(refuse);
    let server = server.start().await.unwrap();
    let mut wire = Wire::open(&server);
    let id = wire.start("slow", json!({ "seconds": 1 })).await;
    let error = wire.error("tasks/cancel", json!({ "taskId": id })).await;
    assert_eq!(error["message"], "it must run to its end");
    wire.until(&id, "completed").await;
    let seen = seen.lock().unwrap().clone();
    assert_eq!(seen[0], "Create");
    for expected in ["Cancel", "Get", "tools/call as a task: true"] {
        assert!(seen.iter().any(|it| it == expected), "{seen:?}");
    }

    // A guard refuses the creation.
    let docket = Docket::memory("guarded");
    let server = builder()
        .docket(docket)
        .middleware(ReadOnly::new())
        .start()
        .await
        .unwrap();
    let refused = Wire::open(&server)
        .call("slow", json!({ "seconds": 1 }))
        .await;
    assert_eq!(refused["isError"], true);
}
