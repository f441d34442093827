//! Requests that are refused before their message is read: status, JSON-RPC error, and a connection
//! on which the client can read both.

use axum::middleware;
use fastmcp::prelude::*;
use fastmcp::{HttpOptions, Server};
use fastmcp_tests::http::{Answer, Http, MODERN, answer, authenticate, message};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

#[tool]
fn echo(text: String) -> String {
    text
}

#[tool]
fn size(values: Vec<Value>) -> usize {
    values.len()
}

async fn serve(options: HttpOptions) -> (Http, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server: Server = FastMcp::new("refusals")
        .http(options)
        .start()
        .await
        .unwrap();
    tokio::spawn(async move { server.serve_http(listener).await });
    (Http::new(&format!("http://{address}/mcp")), address)
}

fn with(request: RequestBuilder, name: &'static str, value: &str) -> RequestBuilder {
    let (client, request) = request.build_split();
    let mut request = request.unwrap();
    request.headers_mut().insert(name, value.parse().unwrap());
    RequestBuilder::from_parts(client, request)
}

/// Checks that a refusal is a JSON-RPC error, without an ID.
fn check(refused: &Answer, status: u16, what: &str) -> String {
    assert_eq!(refused.status, status, "{what}: {refused:?}");
    assert!(refused.is_json(), "{what}: {refused:?}");
    let message = refused.message();
    assert_eq!(message["jsonrpc"], "2.0", "{what}");
    assert!(message.get("id").is_none(), "{what}: {message}");
    assert!(message["error"]["code"].is_i64(), "{what}: {message}");
    message["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn every_refusal_is_a_json_rpc_error() {
    let (http, _) = serve(HttpOptions::new().max_body_bytes(4000)).await;
    let (stateless, _) = serve(HttpOptions::new().stateless()).await;
    let ping = || http.post(message(1, "ping", json!({})));
    let unknown = http.clone().with("mcp-session-id", "unknown");
    for (request, status, text) in [
        (unknown.get(), 404, "ession not found"),
        (unknown.delete(), 404, "ession not found"),
        (http.get(), 400, "Session ID is required"),
        (http.delete(), 400, "Session ID is required"),
        (stateless.get(), 405, "POST"),
        (stateless.delete(), 405, "Method Not Allowed"),
        (with(ping(), "accept", "text/html"), 406, "`Accept`"),
        (with(http.get(), "accept", "text/html"), 406, "`Accept`"),
        (
            with(ping(), "content-type", "text/plain"),
            415,
            "`Content-Type`",
        ),
        (with(ping(), "host", "evil.example"), 403, "`evil.example`"),
        (
            with(ping(), "host", "evil.example"),
            403,
            "`HttpOptions::allowed_hosts`",
        ),
        (with(ping(), "host", "a b"), 400, "`Host`"),
        (
            with(ping(), "origin", "http://evil.example"),
            403,
            "`http://evil.example` is not allowed; the server accepts web pages of the origins in \
             `HttpOptions::allowed_origins`",
        ),
        (http.post("x".repeat(5000)), 413, "larger than 4000 bytes"),
    ] {
        let what = format!("{request:?}");
        let refused = answer(request).await;
        let message = check(&refused, status, &what);
        assert!(message.contains(text), "{what}: {message}");
    }
    // A refusal after the message was read has its ID.
    for (http, body) in [
        (&unknown, message(7, "ping", json!({}))),
        (&http, message(7, "tools/list", json!({}))),
        (
            &http.clone().with("mcp-protocol-version", "1999-01-01"),
            message(7, "ping", json!({})),
        ),
    ] {
        let refused = answer(http.post(body)).await;
        assert!(refused.is_json(), "{refused:?}");
        assert_eq!(refused.message()["id"], 7, "{refused:?}");
    }
}

#[tokio::test]
async fn media_ranges_of_the_accept_header_are_understood() {
    let (http, _) = serve(HttpOptions::new()).await;
    let call = || {
        http.modern(
            "tools/call",
            json!({ "name": "echo", "arguments": { "text": "hi" } }),
        )
    };
    for (accept, status) in [
        ("*/*", 200),
        ("application/*, text/*;q=0.5", 200),
        ("text/html, */*;q=0.1", 200),
        ("application/json, text/event-stream;q=0", 406),
        ("*/*;q=0", 406),
        ("application/json", 406),
    ] {
        let answer = answer(with(call(), "accept", accept)).await;
        assert_eq!(answer.status, status, "{accept}");
    }
    let session = http.session().await;
    let stream = with(session.get(), "accept", "*/*").send().await.unwrap();
    assert_eq!(stream.status(), 200);
}

#[tokio::test]
async fn a_compressed_body_is_refused() {
    let (http, _) = serve(HttpOptions::new()).await;
    let body = message(1, "ping", json!({}));
    for encoding in ["gzip", "br", "gzip, identity"] {
        let request = http.post(body.clone()).header("Content-Encoding", encoding);
        let refused = answer(request).await;
        let text = check(&refused, 415, encoding);
        assert!(text.contains(encoding), "{text}");
        assert_eq!(refused.headers["accept-encoding"], "identity");
    }
    let call = http.modern(
        "tools/call",
        json!({ "name": "echo", "arguments": { "text": "hi" } }),
    );
    let plain = answer(call.header("Content-Encoding", "Identity")).await;
    assert_eq!(plain.tool_text(), "hi");
}

#[tokio::test]
async fn a_message_with_too_many_values_is_refused() {
    let (http, _) = serve(HttpOptions::new()).await;
    let values = |value: &str, count: usize| format!("[{}]", vec![value; count].join(","));
    let refused = answer(http.post(values("{}", 1_300_000))).await;
    assert_eq!(refused.status, 400);
    assert_eq!(refused.code(), -32600);
    assert!(refused.message().get("id").is_none());
    let call = |values: &str| {
        let params = json!({
            "name": "size",
            "arguments": { "values": serde_json::from_str::<Value>(values).unwrap() },
        });
        http.modern("tools/call", params)
    };
    for count in [60_000, 500_000] {
        let refused = answer(call(&values("0", count))).await;
        assert_eq!((refused.status.as_u16(), refused.code()), (400, -32600));
        assert_eq!(refused.message()["id"], 1);
        let text = refused.message()["error"]["message"].to_string();
        assert!(text.contains("`FastMcp::max_values`"), "{text}");
    }
    let text = answer(call(&values("0", 40_000))).await.tool_text();
    assert_eq!(text, "40000");
    let larger = "\"".to_owned() + &"0".repeat(110) + "\"";
    let text = answer(call(&values(&larger, 60_000))).await.tool_text();
    assert_eq!(text, "60000");
}

/// Sends bytes, and returns the head of the response.
async fn exchange(address: &str, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // Like many clients, do not read before the whole request is sent.
    stream.write_all(request).await.unwrap();
    let mut response = Vec::new();
    let mut buffer = [0; 4096];
    while !response.windows(4).any(|end| end == b"\r\n\r\n") {
        let length = stream.read(&mut buffer).await.unwrap();
        assert_ne!(length, 0, "the connection was closed");
        response.extend_from_slice(&buffer[..length]);
    }
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test]
async fn the_refusal_of_a_large_body_arrives() {
    let (_, address) = serve(HttpOptions::new()).await;
    let head = |path: &str, extra: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Accept: */*\r\n{extra}\r\n\r\n"
        )
    };
    let megabytes = 40 * 1024 * 1024;
    let body = vec![b'x'; megabytes];
    let sized = format!("Content-Length: {megabytes}");
    let chunk = format!("{megabytes:x}\r\n");
    let chunked = [chunk.as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
    for (head, body, status) in [
        (head("/mcp", &sized), &body, "413"),
        (head("/mcp", "Transfer-Encoding: chunked"), &chunked, "413"),
        (
            head("/mcp", &format!("{sized}\r\nContent-Encoding: gzip")),
            &body,
            "415",
        ),
        (head("/other", &sized), &body, "404"),
    ] {
        let response = exchange(&address, &[head.as_bytes(), body].concat()).await;
        assert_eq!(&response[9..12], status, "{head}");
    }
    // A client that asks first gets the refusal at once.
    let asking = head("/mcp", &format!("{sized}\r\nExpect: 100-continue"));
    let response = exchange(&address, asking.as_bytes()).await;
    assert_eq!(&response[9..12], "413");
}

#[tokio::test]
async fn only_the_path_of_the_server_is_served() {
    let (_, address) = serve(HttpOptions::new()).await;
    let server: Server = FastMcp::new("refusals").start().await.unwrap();
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nested = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });

    let params = json!({
        "name": "echo", "arguments": { "text": "hi" },
        "_meta": {
            "io.modelcontextprotocol/protocolVersion": MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        },
    });
    let body = message(1, "tools/call", params);
    for address in [&address, &nested] {
        for (path, status) in [
            ("/mcp", "200"),
            ("/mcp?query=1", "200"),
            ("/mcp/", "404"),
            ("/mcp//", "404"),
            ("//mcp", "404"),
            ("/mcp/x", "404"),
            ("/mcp/../secret", "404"),
            ("/mcp/.", "404"),
            ("/mcp/%2e", "404"),
            ("/mcp%2f", "404"),
            ("/MCP", "404"),
            ("/mcp/?query=1", "404"),
            ("/mcp/mcp", "404"),
            ("/", "404"),
        ] {
            let request = format!(
                "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                 Accept: */*\r\nMCP-Protocol-Version: {MODERN}\r\nMcp-Method: tools/call\r\n\
                 Mcp-Name: echo\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            );
            let response = exchange(address, request.as_bytes()).await;
            assert_eq!(&response[9..12], status, "{path} {response}");
        }
    }
}
