//! Handlers that ask over HTTP: only the same caller may answer, and asking without a connection is
//! an error.

use std::time::Duration;

use axum::middleware;
use fastmcp::client::Client;
use fastmcp::mcp::ProtocolVersion;
use fastmcp::prelude::*;
use fastmcp::{FastMcp, HttpOptions, Selection};
use fastmcp_tests::http::{self, Http, authenticate};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Asks for a name.
#[tool]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Hello, {name}!"))
}

/// Returns the caller.
#[tool]
fn caller(caller: Principal) -> String {
    caller.subject().to_owned()
}

/// Takes its time.
#[tool(task(required))]
async fn slow() {}

async fn serve(options: HttpOptions) -> Http {
    let server = FastMcp::new("asking")
        .docket(Docket::memory("asking"))
        .http(options);
    let server = server.start().await.unwrap();
    server.hide(&Selection::name("slow")).unwrap();
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let _server = server;
        axum::serve(listener, app).await
    });
    Http::new(&format!("http://{address}/mcp"))
}

async fn greet_with(http: &Http, mut params: Value) -> Value {
    params["name"] = "greet".into();
    params["arguments"] = json!({});
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({ "elicitation": {} });
    http::answer(http.modern("tools/call", params))
        .await
        .message()
}

#[tokio::test]
async fn a_caller_cannot_answer_the_questions_of_another() {
    let anyone = serve(HttpOptions::new()).await;
    let ada = anyone.clone().with("x-user", "ada");
    let bob = anyone.clone().with("x-user", "bob");
    let asked = greet_with(&ada, json!({})).await;
    let answers = json!({
        "requestState": asked["result"]["requestState"],
        "inputResponses": { "name": { "action": "accept", "content": { "value": "Ada" } } },
    });
    for other in [&bob, &anyone] {
        let refused = greet_with(other, answers.clone()).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
    }
    let greeted = greet_with(&ada, answers).await;
    assert_eq!(greeted["result"]["content"][0]["text"], "Hello, Ada!");
}

#[tokio::test]
async fn a_session_client_without_a_session_gets_an_error_when_asked() {
    let http = serve(HttpOptions::new().stateless()).await;
    let hello = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": { "elicitation": {} },
        "clientInfo": { "name": "test", "version": "1" },
    });
    http::answer(http.post(http::message(0, "initialize", hello))).await;
    let http = http.with("mcp-protocol-version", "2025-11-25");
    let call = http::answer(http.legacy_call(1, "greet", json!({})));
    let answer = tokio::time::timeout(Duration::from_secs(30), call).await;
    let answer = answer
        .expect("the call returns instead of waiting for an answer")
        .message();
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    let text = &answer["result"]["content"][0]["text"];
    assert!(text.as_str().unwrap().contains("elicitation"), "{answer}");
}

#[tokio::test]
async fn the_client_of_this_crate_answers_over_http() {
    let http = serve(HttpOptions::new()).await;
    for protocol in [ProtocolVersion::V_2025_11_25, ProtocolVersion::V_2026_07_28] {
        let client = Client::builder()
            .protocol(protocol)
            .header("x-user", "ada")
            .on_elicitation(|question| async move { question.accept("Ada") })
            .http(&http.url)
            .await
            .unwrap();
        assert_eq!(client.server_info().unwrap().name, "asking");
        let greeted = client.call_tool("greet", json!({})).await.unwrap();
        assert_eq!(json!(greeted.content)[0]["text"], "Hello, Ada!");
        let caller = client.call_tool("caller", json!({})).await.unwrap();
        assert_eq!(json!(caller.content)[0]["text"], "ada");
    }
    let refused = Client::builder().header("x user", "ada").http(&http.url);
    let error = refused.await.unwrap_err().to_string();
    assert!(error.contains("header `x user`"), "{error}");
}

#[tokio::test]
async fn hidden_tools_cannot_be_called_as_tasks() {
    let http = serve(HttpOptions::new()).await;
    let tasks = json!({ "extensions": { "io.modelcontextprotocol/tasks": {} } });
    let params = json!({
        "name": "slow",
        "arguments": {},
        "_meta": { "io.modelcontextprotocol/clientCapabilities": tasks },
    });
    let answer = http::answer(http.modern("tools/call", params))
        .await
        .message();
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
}
