//! An API that sends back what it gets, and servers with its tools.

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::{IntoResponse, Response};
use fastmcp::client::Client;
use fastmcp::mcp::ContentBlock;
use fastmcp::openapi::OpenApi;
use fastmcp::{FastMcp, Server, ToolResult};
use serde_json::{Map, Value, json};

/// Serves a router, and returns its address.
pub async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// An API that responds to every request with its parts.
pub async fn echo() -> String {
    serve(Router::new().fallback(respond)).await
}

async fn respond(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let mut all = Map::new();
    for (name, value) in &headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        all.insert(name.to_string(), value.into());
    }
    json_response(&json!({
        "method": method.as_str(),
        "path": uri.path(),
        "query": uri.query(),
        "headers": all,
        "body": String::from_utf8_lossy(&body),
    }))
}

/// A response of JSON.
pub fn json_response(value: &Value) -> Response {
    let head = [(header::CONTENT_TYPE, "application/json")];
    (head, value.to_string()).into_response()
}

/// A document with one operation, whose tool is `call`.
pub fn document(method: &str, path: &str, mut operation: Value) -> Value {
    operation["operationId"] = "call".into();
    json!({ "openapi": "3.1.0", "paths": { path: { method: operation } } })
}

pub fn api(document: &Value) -> OpenApi {
    OpenApi::new(&document.to_string()).unwrap()
}

pub async fn start(api: OpenApi) -> (Server, Client) {
    let server = FastMcp::new("api").openapi(api).start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    (server, client)
}

/// Calls the tool `call` of an API.
pub async fn call(api: OpenApi, arguments: Value) -> ToolResult {
    let (_server, client) = start(api).await;
    client.call_tool("call", arguments).await.unwrap()
}

/// Calls the tool `call` of the echo, and returns the request that it got.
pub async fn sent(document: &Value, arguments: Value) -> Value {
    let result = call(api(document).base_url(echo().await), arguments).await;
    assert!(!result.is_error, "{result:?}");
    result.structured_content.unwrap()
}

/// Calls the tool `call` of the echo, and returns the error.
pub async fn refused(document: &Value, arguments: Value) -> String {
    let result = call(api(document).base_url(echo().await), arguments).await;
    assert!(result.is_error, "{result:?}");
    text(&result)
}

/// Returns the texts of a result.
pub fn text(result: &ToolResult) -> String {
    let texts = result.content.iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    texts.collect::<Vec<_>>().join("\n")
}
