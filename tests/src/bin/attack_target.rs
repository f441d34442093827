//! The target of `scripts/attack.sh`: a server with the default limits.
//!
//! ```text
//! attack_target                      serves standard input and output
//! attack_target ADDRESS MOUNTED      serves HTTP at both addresses; at the second one, in a router
//!                                    whose layer takes the principal from the header `x-user`
//! ```

use std::time::Duration;

use axum::middleware;
use fastmcp::prelude::*;
use fastmcp_tests::http::authenticate;
use tokio::net::TcpListener;

#[tool]
fn echo(text: String) -> String {
    text
}

/// Returns a text of this length.
#[tool]
fn large(bytes: usize) -> String {
    "x".repeat(bytes.min(4 << 20))
}

#[tool]
fn fail(reason: String) -> Result<String> {
    Err(std::io::Error::other(reason).into())
}

/// Takes a slot of the worker.
#[tool(task)]
async fn doze(seconds: f64) -> &'static str {
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    "awake"
}

/// Reports progress with messages of 100 kB.
#[tool]
async fn chatter(messages: u32, ctx: Context) -> &'static str {
    let text = "x".repeat(100_000);
    for number in 0..messages {
        ctx.report_progress(f64::from(number), None, Some(&text))
            .await;
    }
    "done"
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    let server = FastMcp::new("target").docket(Docket::memory("target"));
    let mut addresses = std::env::args().skip(1);
    let (Some(address), Some(mounted)) = (addresses.next(), addresses.next()) else {
        return Ok(server.run().await?);
    };
    let server = server.start().await?;
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let mounted = TcpListener::bind(mounted).await?;
    let listener = TcpListener::bind(address).await?;
    tokio::spawn(async move { axum::serve(mounted, app).await });
    server.serve_http(listener).await?;
    Ok(server.shutdown().await?)
}
