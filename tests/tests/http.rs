//! Streamable HTTP: a real client, hostile headers, several clients at once.

use fastmcp::Server;
use fastmcp::client::Client;
use fastmcp::prelude::*;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The number after this one.
#[tool]
async fn next(number: u32, ctx: Context) -> Result<u32> {
    ctx.info("counting").await;
    ctx.report_progress(1.0, Some(1.0), Some("counted")).await;
    number
        .checked_add(1)
        .ok_or_else(|| ToolError::new("there is none").into())
}

/// Returns the `Host` header of the request.
#[dependency]
fn host(headers: Option<fastmcp::dependencies::Headers>) -> Option<String> {
    headers?.get("Host").map(ToOwned::to_owned)
}

#[tool]
fn place(#[depends(host)] host: Option<String>) -> String {
    host.unwrap_or_else(|| "not over HTTP".into())
}

#[tool]
fn agent(headers: fastmcp::dependencies::Headers) -> usize {
    headers.get_all("accept").count()
}

#[tokio::test]
async fn handlers_see_the_headers_of_their_request() {
    let (_serving, address) = serve().await;
    let client = Client::http(&format!("http://{address}/mcp"))
        .await
        .unwrap();
    let text = |result: fastmcp::ToolResult| json!(result.content)[0]["text"].clone();
    let result = client.call_tool("place", json!({})).await.unwrap();
    assert_eq!(text(result), address);
    let result = client.call_tool("agent", json!({})).await.unwrap();
    assert!(!result.is_error, "{result:?}");

    let server = FastMcp::new("counter").start().await.unwrap();
    let client = Client::connect(&server).await.unwrap();
    let result = client.call_tool("place", json!({})).await.unwrap();
    assert_eq!(text(result), "not over HTTP");
    let result = client.call_tool("agent", json!({})).await.unwrap();
    assert!(result.is_error);
    assert_eq!(
        text(result),
        "tool `agent`: parameter `headers` of type `Headers` could \
         not be provided: the request did not arrive over HTTP: take an `Option<Headers>`, which is `None` \
         without HTTP"
    );
}

/// Starts a server on a free port and returns its address.
async fn serve() -> (tokio::task::JoinHandle<()>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let server: Server = FastMcp::new("counter").start().await.unwrap();
    let serving = tokio::spawn(async move { server.serve_http(listener).await.unwrap() });
    (serving, address)
}

#[tokio::test]
async fn clients_call_over_http() {
    let (_serving, address) = serve().await;
    let url = format!("http://{address}/mcp");
    let (first, second) = (
        Client::http(&url).await.unwrap(),
        Client::http(&url).await.unwrap(),
    );
    for number in 0..20 {
        let (first, second) = tokio::join!(
            first.call_tool("next", json!({ "number": number })),
            second.call_tool("next", json!({ "number": number + 100 })),
        );
        assert_eq!(
            first.unwrap().structured_content,
            Some(json!({ "result": number + 1 }))
        );
        assert_eq!(
            second.unwrap().structured_content,
            Some(json!({ "result": number + 101 }))
        );
    }
    let result = first
        .call_tool("next", json!({ "number": u32::MAX }))
        .await
        .unwrap();
    assert!(result.is_error);
    first.close().await;
    let result = second
        .call_tool("next", json!({ "number": 1 }))
        .await
        .unwrap();
    assert!(!result.is_error, "one client's leaving is not another's");
}

/// Sends a raw request and returns the status of the response.
async fn status(address: &str, request: &str) -> u16 {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    String::from_utf8_lossy(&head[9..12]).parse().unwrap()
}

#[tokio::test]
async fn invalid_requests_are_refused_and_the_server_continues() {
    let (_serving, address) = serve().await;
    let post = |host: &str, kind: &str, body: &str| {
        format!(
            "POST /mcp HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let json = "application/json";
    for (request, what) in [
        (
            post("evil.example", json, "{}"),
            "a host that is not this machine",
        ),
        (post(&address, json, "{"), "half a message"),
        (
            post(&address, "text/plain", "{}"),
            "a body that is not JSON",
        ),
        (post(&address, json, "[]"), "no message"),
        (
            format!("GET /mcp HTTP/1.1\r\nHost: {address}\r\n\r\n"),
            "a stream without a session",
        ),
        (
            format!("GET /other HTTP/1.1\r\nHost: {address}\r\n\r\n"),
            "another path",
        ),
    ] {
        let status = status(&address, &request).await;
        assert!((400..500).contains(&status), "{what}: {status}");
    }
    let client = Client::http(&format!("http://{address}/mcp"))
        .await
        .unwrap();
    let result = client
        .call_tool("next", json!({ "number": 1 }))
        .await
        .unwrap();
    assert_eq!(result.structured_content, Some(json!({ "result": 2 })));
}

#[tokio::test]
async fn an_address_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = FastMcp::new("late")
        .run_http(&*address)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with(&format!("cannot listen on {address}: ")),
        "{error}"
    );
}
