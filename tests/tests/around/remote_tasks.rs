//! Tasks of a server in another process, behind a proxy.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::middleware as layer;
use fastmcp::client::Upstream;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::middleware::{Next, ToolCall, from_fn, is_waiting_for_client};
use fastmcp::prelude::*;
use fastmcp::{Selection, Server};
use fastmcp_tests::http::{Http, answer, authenticate};
use fastmcp_tests::wire::{OF_SESSIONS, Wire};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::remote_stage::{OverHttp, free_address, process};

const TASKS: &str = "io.modelcontextprotocol/tasks";
const SECRET: [u8; 32] = [7; 32];

/// The capabilities of a client that supports tasks and questions.
fn able() -> Value {
    json!({ "extensions": { (TASKS): {} }, "elicitation": {} })
}

fn proxy(upstream: Upstream) -> FastMcp {
    let server = FastMcp::new("proxy").select(Selection::name("local"));
    server.secret(SECRET).proxy("up", upstream)
}

/// Calls a tool until it becomes a task, and returns the ID.
async fn begin(wire: &mut Wire, tool: &str) -> String {
    let reply = wire.call(tool).await;
    assert_eq!(reply["result"]["resultType"], "task", "{reply}");
    reply["result"]["taskId"].as_str().unwrap().to_owned()
}

async fn get(wire: &mut Wire, id: &str) -> Value {
    wire.request("tasks/get", json!({ "taskId": id })).await
}

/// Polls until the task has this status. Errors of a server that cannot be reached are passed over.
async fn until(wire: &mut Wire, id: &str, status: &str) -> Value {
    for _ in 0..600 {
        let mut reply = get(wire, id).await;
        if reply["result"]["status"] == status {
            return reply["result"].take();
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("never {status}: {}", get(wire, id).await);
}

#[tokio::test]
async fn a_task_of_a_remote_server_outlives_both_servers() {
    let folder = std::env::temp_dir().join(format!("fastmcp-remote-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let url = format!("sqlite://{}", folder.join("tasks.db").display());
    let in_file = [("FASTMCP_DOCKET_URL", &*url)];
    let address = free_address();
    let upstream = || Upstream::http(format!("http://{address}/mcp"));
    let first = OverHttp::start_with(&address, in_file);
    let server = proxy(upstream()).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, able());
    let discovered = wire.request("server/discover", json!({})).await;
    let extensions = &discovered["result"]["capabilities"]["extensions"];
    assert!(extensions[TASKS].is_object(), "{discovered}");
    while wire.call("up_pid").await["result"]["isError"] != false {}
    let id = begin(&mut wire, "up_build").await;
    let asking = until(&mut wire, &id, "input_required").await;
    assert_eq!(asking["statusMessage"], "measuring");
    assert_eq!(asking["taskId"], id);

    first.kill();
    let unreachable = get(&mut wire, &id).await;
    assert_eq!(unreachable["error"]["code"], -32603, "{unreachable}");
    let message = unreachable["error"]["message"].as_str().unwrap();
    assert!(message.contains("`up` cannot be reached"), "{message}");
    server.shutdown().await.unwrap();

    let second = OverHttp::start_with(&address, in_file);
    let server = proxy(upstream()).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, able());
    let asking = until(&mut wire, &id, "input_required").await;
    let (key, question) = asking["inputRequests"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    assert_eq!(question["method"], "elicitation/create");
    let answer = json!({ "action": "accept", "content": { "value": "mill" } });
    let update = json!({ "taskId": id, "inputResponses": { (key): answer } });
    let updated = wire.request("tasks/update", update).await;
    assert!(updated.get("result").is_some(), "{updated}");
    let done = until(&mut wire, &id, "completed").await;
    let content = &done["result"]["content"];
    assert!(
        content[0]["text"]
            .as_str()
            .unwrap()
            .starts_with("built mill"),
        "{done}"
    );
    assert_eq!(content[1]["uri"], "note://up/7", "URIs lead to the proxy");

    let id = begin(&mut wire, "up_collapse").await;
    let failed = until(&mut wire, &id, "failed").await;
    assert_eq!(failed["error"]["code"], -32_051, "{failed}");
    server.shutdown().await.unwrap();
    second.kill();
    std::fs::remove_dir_all(&folder).unwrap();
}

#[tokio::test]
async fn a_task_of_a_remote_program_is_cancelled_there() {
    let seen: Arc<Mutex<Vec<bool>>> = Arc::default();
    let calls = Arc::clone(&seen);
    let server = proxy(process())
        .middleware(from_fn(move |call: ToolCall, next: Next<ToolCall>| {
            let calls = Arc::clone(&calls);
            async move {
                let result = next.run(call).await;
                let is_task = result.as_ref().err().is_some_and(is_waiting_for_client);
                calls.lock().unwrap().push(is_task);
                result
            }
        }))
        .start()
        .await
        .unwrap();
    let mut wire = Wire::of_rounds(&server, able());
    let id = begin(&mut wire, "up_forever").await;
    assert_eq!(
        *seen.lock().unwrap(),
        [true],
        "middleware sees that no result exists"
    );
    until(&mut wire, &id, "working").await;
    let cancelled = wire.request("tasks/cancel", json!({ "taskId": id })).await;
    assert!(cancelled.get("result").is_some(), "{cancelled}");
    until(&mut wire, &id, "cancelled").await;
    // A client that does not support tasks gets the result.
    let mut plain = Wire::of_rounds(&server, json!({ "elicitation": {} }));
    let asked = plain.call("up_build").await;
    assert_eq!(asked["result"]["resultType"], "input_required", "{asked}");
    // A client is asked only for what it supports.
    let mut mute = Wire::of_rounds(&server, json!({ "extensions": { (TASKS): {} } }));
    let id = begin(&mut mute, "up_build").await;
    let failed = loop {
        let reply = get(&mut mute, &id).await["result"].take();
        if reply["status"] != "working" {
            break reply;
        }
    };
    assert_ne!(failed["status"], "input_required", "{failed}");
    server.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_remote_server_of_sessions_answers_directly() {
    let version: ProtocolVersion = serde_json::from_value(json!(OF_SESSIONS)).unwrap();
    let server = proxy(process().protocol(version)).start().await.unwrap();
    let mut wire = Wire::of_rounds(&server, able());
    let failed = wire.call("up_collapse").await;
    assert_eq!(failed["error"]["code"], -32_051, "{failed}");
    let discovered = wire.request("server/discover", json!({})).await;
    let extensions = &discovered["result"]["capabilities"]["extensions"];
    assert!(!extensions[TASKS].is_object(), "{discovered}");
    server.shutdown().await.unwrap();
}

/// Serves a proxy over HTTP, with the caller in the header `x-user`.
async fn over_http(server: &Server) -> Http {
    let app = Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(layer::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    Http::new(&format!("http://{address}/mcp"))
}

async fn ask(http: &Http, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": able() });
    answer(http.modern(method, params)).await.message()
}

#[tokio::test]
async fn a_task_of_a_remote_server_belongs_to_its_caller() {
    let inner = proxy(process());
    let server = FastMcp::new("outer")
        .select(Selection::name("local"))
        .secret(SECRET);
    let server = server
        .mount("inner", inner)
        .proxy("up", process())
        .start()
        .await
        .unwrap();
    let anonymous = over_http(&server).await;
    let ada = anonymous.clone().with("x-user", "ada");
    let bob = anonymous.clone().with("x-user", "bob");
    let unknown = ask(&ada, "tasks/get", json!({ "taskId": "0".repeat(64) })).await;
    assert_eq!(unknown["error"]["code"], -32602, "{unknown}");
    for tool in ["inner_up_forever", "up_forever"] {
        let call = json!({ "name": tool, "arguments": {} });
        let handle = ask(&ada, "tools/call", call).await;
        let id = handle["result"]["taskId"]
            .as_str()
            .unwrap_or_else(|| panic!("{handle}"));
        let mut forged = id.to_owned();
        let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
        forged.push(last);
        for (http, id) in [(&bob, id), (&anonymous, id), (&ada, &*forged)] {
            for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
                let params = json!({ "taskId": id, "inputResponses": {} });
                let refused = ask(http, method, params).await;
                assert_eq!(refused["error"], unknown["error"], "{method}");
            }
        }
        let own = ask(&ada, "tasks/get", json!({ "taskId": id })).await;
        assert_eq!(own["result"]["status"], "working", "{own}");
        ask(&ada, "tasks/cancel", json!({ "taskId": id })).await;
        while ask(&ada, "tasks/get", json!({ "taskId": id })).await["result"]["status"]
            != "cancelled"
        {}
    }
    server.shutdown().await.unwrap();
}
