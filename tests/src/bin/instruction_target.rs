//! The target of `scripts/instructions.sh`: a server whose calls are counted in instructions.
//!
//! ```text
//! instruction_target CALLS  serves standard input and output until the input ends; then answers this many
//!                           HTTP requests of protocol 2026-07-28, without a socket
//! ```

use axum::body::{Body, to_bytes};
use axum::http::Request;
use fastmcp::HttpOptions;
use fastmcp::prelude::*;
use tower_service::Service;

/// Adds two numbers.
#[tool]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

/// Returns the length of a text and the sum of numbers.
#[tool]
async fn measure(text: String, values: Vec<i64>) -> i64 {
    i64::try_from(text.len()).unwrap_or(i64::MAX) + values.iter().sum::<i64>()
}

/// Adds two numbers and returns the ID of the request with the sum.
#[tool]
async fn identify(a: i64, b: i64, context: Context) -> String {
    format!("{}: {}", context.request_id(), a + b)
}

/// Adds two numbers. It takes three dependencies.
#[tool]
async fn inject(a: i64, b: i64, _docket: Docket, _worker: Worker, _context: Context) -> i64 {
    a + b
}

const BODY: &str = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"add","arguments":{"a":17,"b":25},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"count","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}}}"#;

// One thread, so that every run does the same.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let calls = std::env::args().nth(1).unwrap_or_default().parse()?;
    let server = FastMcp::new("instructions")
        .enable_docket()
        .http(HttpOptions::new().stateless());
    let server = server.start().await?;
    server.serve_stdio().await?;
    let mut service = server.http_service();
    for _ in 0..calls {
        let request = Request::post("/")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", "tools/call")
            .header("mcp-name", "add")
            .body(Body::from(BODY))?;
        let Ok(response) = service.call(request).await;
        let body = to_bytes(response.into_body(), usize::MAX).await?;
        assert!(body.windows(4).any(|part| part == b":42}"), "{body:?}");
    }
    Ok(server.shutdown().await?)
}
