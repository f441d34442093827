//! Over HTTP: owners, both revisions, and clients that hang up.

use std::time::Duration;

use axum::Router;
use axum::middleware;
use fastmcp::{Server, TaskFallback};
use fastmcp_tests::http::{Http, answer, authenticate, message};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stage::{Running, builder};

/// The time that a call may take: short, because the clock of these tests is not paused.
const AFTER: Duration = Duration::from_millis(50);

async fn serve() -> (Server, Http, Running) {
    let running = Running::default();
    let server = builder()
        .state(running.clone())
        .task_fallback(TaskFallback::after(AFTER));
    let server = server.start().await.unwrap();
    let app = Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, Http::new(&format!("http://{address}/mcp")), running)
}

/// Calls a tool in the revision of the client.
async fn call(http: &Http, tool: &str, arguments: Value) -> Value {
    let params = json!({ "name": tool, "arguments": arguments });
    let request = if http.headers.contains_key("mcp-session-id") {
        http.post(message(7, "tools/call", params))
    } else {
        http.modern("tools/call", params)
    };
    answer(request).await.message()["result"].take()
}

#[tokio::test]
async fn unknown_and_foreign_ids_get_the_same_answer() {
    let (_server, anonymous, _running) = serve().await;
    let ada = anonymous.clone().with("x-user", "ada");
    let bob = anonymous.clone().with("x-user", "bob");
    for (owner, others) in [(&ada, [&bob, &anonymous]), (&anonymous, [&ada, &bob])] {
        let answer = call(owner, "endless", json!({})).await;
        let id = json!({ "taskId": answer["structuredContent"]["taskId"] });
        assert!(id["taskId"].is_string(), "{answer}");
        let unknown = json!({ "taskId": "0".repeat(64) });
        for tool in ["task_status", "task_result", "task_cancel"] {
            for other in others {
                let foreign = call(other, tool, id.clone()).await;
                assert_eq!(foreign["isError"], true, "{foreign}");
                assert_eq!(foreign, call(other, tool, unknown.clone()).await);
            }
        }
        let status = call(owner, "task_status", id).await;
        assert_eq!(status["structuredContent"]["status"], "working", "{status}");
    }
}

/// The ID is enough for the same caller on another connection, in any revision.
#[tokio::test]
async fn sessions_and_single_requests_share_the_tasks_of_a_caller() {
    let (_server, http, _running) = serve().await;
    let modern = http.with("x-user", "ada");
    let session = modern.session().await;
    for (one, other) in [(&modern, &session), (&session, &modern)] {
        let arguments = json!({ "year": 3, "seconds": 1 });
        let answer = call(one, "report", arguments).await;
        let id = json!({ "taskId": answer["structuredContent"]["taskId"] });
        let result = loop {
            let result = call(other, "task_result", id.clone()).await;
            if result["structuredContent"]["status"] != "working" {
                break result;
            }
        };
        assert_eq!(result["structuredContent"]["year"], 3, "{result}");
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_its_call() {
    let running = Running::default();
    let server = builder()
        .state(running.clone())
        .task_fallback(TaskFallback::after(Duration::from_mins(5)));
    let server = server.start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = Router::new().nest_service("/mcp", server.http_service());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let http = Http::new(&format!("http://{address}/mcp"));
    let params = json!({ "name": "endless", "arguments": {} });
    let request = http.modern("tools/call", params);
    let request = tokio::spawn(request.send());
    running.until(1).await;
    request.abort();
    running.until(0).await;
}
