#!/usr/bin/env bash
# rmcp answers a request with the error of an earlier one, if that one was cancelled and had the same ID.
#
# Guess:    the response of a cancelled request is dropped, so a client can use its ID again at once.
# Seen:     the response is dropped only while no request has the ID. After `call 1`, `cancel 1`, `call 1`, the
#           client gets the error of the first call as the response to the second, whose result is lost.
# Versions: rmcp 3.11.0; seen on 2026-11-27.
# Matters:  a client whose IDs start again, or that repeats a request after its own timeout, reads a wrong answer.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
rmcp = { version = "=3.11.0", default-features = false, features = ["server", "transport-async-rw"] }
tokio = { version = "1", features = ["io-util", "macros", "rt", "time"] }
TOML
cat >src/main.rs <<'RUST'
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock};
use rmcp::service::{RequestContext, RoleServer};
use rmcp::{ErrorData, ServerHandler, ServiceExt};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

struct Server;

impl ServerHandler for Server {
    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if request.name == "quick" {
            let text = ContentBlock::text("the quick result");
            return Ok(CallToolResponse::Complete(CallToolResult::success(vec![text])));
        }
        context.ct.cancelled().await;
        Err(ErrorData::internal_error("the slow call was cancelled", None))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let (client, server) = tokio::io::duplex(1 << 16);
    let serving = tokio::spawn(async move {
        if let Ok(running) = Server.serve(tokio::io::split(server)).await {
            let _ = running.waiting().await;
        }
    });
    let (read, mut write) = tokio::io::split(client);
    let mut lines = BufReader::new(read).lines();
    let initialize = r#"{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"a","version":"1"}}}"#;
    write.write_all(format!("{initialize}\n").as_bytes()).await.unwrap();
    lines.next_line().await.unwrap();
    let call = |tool: &str| {
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"{tool}"}}}}"#)
    };
    let messages = [
        r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#.to_owned(),
        call("slow"),
        r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#.to_owned(),
        call("quick"),
    ];
    write.write_all(format!("{}\n", messages.join("\n")).as_bytes()).await.unwrap();
    println!("{}", lines.next_line().await.unwrap().unwrap());
    serving.abort();
}
RUST
cat >expected <<'TEXT'
{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"the slow call was cancelled"}}
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
