//! One of several processes that serve tasks from one docket: `http` (prints its address), `stdio` or
//! `worker`.

use std::time::Duration;

use axum::middleware;
use fastmcp::prelude::*;
use fastmcp_tests::http::authenticate;

/// Returns the id of the process that ran this.
#[tool(task)]
async fn slow(pause_ms: u64) -> u32 {
    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
    std::process::id()
}

/// Asks for a name.
#[tool(task)]
async fn greet(ctx: Context) -> Result<String> {
    let name: String = ctx.elicit("Who?").key("name").await?;
    Ok(format!("Hello, {name}!"))
}

/// Never ends on its own.
#[tool(task)]
async fn endless() {
    std::future::pending::<()>().await;
}

/// Has a short TTL.
#[tool(task(ttl = "2s"))]
async fn brief() -> &'static str {
    "brief"
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("replica").enable_docket();
    match std::env::args().nth(1).as_deref() {
        Some("worker") => return Ok(server.run_worker().await?),
        Some("stdio") => return Ok(server.run().await?),
        _ => {}
    }
    let server = server.start().await?;
    let app = axum::Router::new()
        .nest_service("/mcp", server.http_service())
        .layer(middleware::from_fn(authenticate));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}/mcp", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
