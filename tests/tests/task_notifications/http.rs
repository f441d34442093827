//! The notifications over HTTP: owners, and a raw event stream.

use axum::Router;
use axum::middleware;
use fastmcp::client::{Client, Started};
use fastmcp::mcp::ProtocolVersion;
use fastmcp::{HttpOptions, Server};
use fastmcp_tests::http::{Events, Http, answer, authenticate};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::stage::{Gate, Looks, SUBSCRIPTION, builder, capabilities, serve};

async fn serve_http() -> (Server, Gate, Http) {
    let (server, gate) = serve().await;
    let app = Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (server, gate, Http::new(&format!("http://{address}/mcp")))
}

fn declared(mut params: Value) -> Value {
    params["_meta"] = json!({ "io.modelcontextprotocol/clientCapabilities": capabilities() });
    params
}

async fn ask(http: &Http, method: &str, params: Value) -> Value {
    answer(http.modern(method, declared(params)))
        .await
        .message()
}

async fn listen(http: &Http, ids: &[&str]) -> (Events, Value) {
    let params = json!({ "notifications": { "taskIds": ids } });
    let request = http.modern("subscriptions/listen", declared(params));
    let mut events = Events::of(request).await;
    let first = next(&mut events).await;
    assert_eq!(
        first["method"], "notifications/subscriptions/acknowledged",
        "{first}"
    );
    assert_eq!(first["params"]["_meta"][SUBSCRIPTION], 1, "{first}");
    (events, first["params"]["notifications"]["taskIds"].clone())
}

/// Returns the next message. An event without one keeps the connection alive.
async fn next(events: &mut Events) -> Value {
    loop {
        let event = events.next().await.expect("the stream is open");
        if !event.data.is_null() {
            return event.data;
        }
    }
}

#[tokio::test]
async fn only_the_owner_of_a_task_is_notified() {
    let (_server, gate, anonymous) = serve_http().await;
    let ada = anonymous.clone().with("x-user", "ada");
    let bob = anonymous.clone().with("x-user", "bob");
    let params = json!({ "name": "work", "arguments": { "name": "it" } });
    let made = ask(&ada, "tools/call", params).await;
    let id = made["result"]["taskId"].as_str().unwrap();
    let unknown = "0".repeat(64);
    let (mut events, honoured) = listen(&ada, &[id, &unknown]).await;
    assert_eq!(honoured, json!([id]));
    for other in [&bob, &anonymous] {
        let (_events, honoured) = listen(other, &[id]).await;
        assert_eq!(honoured, json!([]));
    }
    gate.0.notify_one();
    let half = next(&mut events).await;
    assert_eq!(half["method"], "notifications/tasks", "{half}");
    assert_eq!(half["params"]["statusMessage"], "half of it", "{half}");
    gate.0.notify_one();
    let done = next(&mut events).await;
    assert_eq!(done["params"]["status"], "completed", "{done}");
    let mut task = ask(&ada, "tasks/get", json!({ "taskId": id })).await["result"].take();
    task.as_object_mut().unwrap().remove("resultType");
    task.as_object_mut().unwrap().remove("_meta");
    let mut sent = done["params"].clone();
    sent.as_object_mut().unwrap().remove("_meta");
    assert_eq!(sent, task);
}

#[tokio::test]
async fn unfit_requests_are_refused() {
    let (_server, _gate, http) = serve_http().await;
    let params = json!({ "notifications": { "taskIds": ["1"] } });
    let refused = answer(http.modern("subscriptions/listen", params)).await;
    assert_eq!(refused.code(), -32021, "{}", refused.text);
    let params = declared(json!({ "notifications": { "taskIds": 7 } }));
    let refused = answer(http.modern("subscriptions/listen", params)).await;
    assert_eq!(refused.code(), -32602, "{}", refused.text);
}

/// The task wants to be polled once a minute, so without notifications the client would ask a third time.
#[tokio::test]
async fn the_client_is_notified() {
    let looks = follow("work_for_long", HttpOptions::new()).await;
    // At the begin, for the owner of the subscription, and after its acknowledgement.
    assert!(looks.count() <= 3, "{} requests", looks.count());
}

#[tokio::test]
async fn the_client_polls_a_server_that_refuses_the_subscription() {
    let looks = follow("work", HttpOptions::new().max_subscriptions(0)).await;
    assert!(looks.count() >= 2, "{} requests", looks.count());
}

async fn follow(tool: &str, options: HttpOptions) -> Looks {
    let (gate, looks) = (Gate::default(), Looks::default());
    let server = builder(&gate).middleware(looks.middleware());
    let server = server.http(options).start().await.unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    let app = Router::new().nest_service("/mcp", server.http_service());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = Client::builder()
        .protocol(ProtocolVersion::V_2026_07_28)
        .http(&url)
        .await
        .unwrap();
    let call = client.call_tool(tool, json!({ "name": "it" }));
    let Started::Task(task) = call.start().await.unwrap() else {
        panic!("no task")
    };
    let opener = tokio::spawn(async move {
        for _ in 0..2 {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            gate.0.notify_one();
        }
    });
    assert_eq!(task.result_as::<String>().await.unwrap(), "it is done");
    opener.await.unwrap();
    looks
}
