//! A server with every kind of component, the target of the wire fuzzer.
//!
//! ```text
//! fuzz_target         serves standard input and output
//! fuzz_target http    serves HTTP on a free port, and prints its address
//! fuzz_target router  the same, in a router of the program
//! fuzz_target ADDRESS serves HTTP at this address, and logs
//! ```

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{HttpOptions, HttpService};
use tokio::net::TcpListener;

/// Set once the server serves HTTP.
type Service = Arc<OnceLock<HttpService>>;

#[fastmcp::data]
struct Item {
    name: String,
    count: u8,
    inner: Option<Vec<Item>>,
}

#[tool]
fn echo(text: String) -> String {
    text
}

#[tool]
fn add(a: i64, b: i64) -> Option<i64> {
    a.checked_add(b)
}

#[tool]
fn count(items: Vec<Item>) -> usize {
    items.iter().map(|item| usize::from(item.count)).sum()
}

/// Reports, logs and panics.
#[tool]
async fn fall_over(ctx: Context) -> String {
    ctx.report_progress(1.0, Some(2.0), Some("falling")).await;
    ctx.warning("falling").await;
    panic!("on purpose")
}

/// Requests its missing arguments and runs as a task.
#[tool(task(ttl = "2s", poll = "50ms"))]
async fn later(#[arg(ask = "How many?")] count: u8, ctx: Context) -> Result<String> {
    let sure: bool = ctx.elicit("Sure?").key("sure").await?;
    Ok(format!("{count} {sure}"))
}

/// Waits until it is cancelled, or for a second.
#[tool]
async fn dawdle(ctx: Context) -> &'static str {
    ctx.report_progress(0.0, None, Some("dawdling")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    "at last"
}

/// Logs, and returns the contents of its context.
#[tool]
async fn describe(ctx: Context) -> String {
    ctx.info("described").await;
    format!(
        "{} {} {:?} {:?} {:?} {:?} {} {}",
        ctx.request_id(),
        ctx.server_name(),
        ctx.client_info(),
        ctx.protocol_version(),
        ctx.transport(),
        ctx.session().map(|session| session.id().is_some()),
        ctx.trace().is_some(),
        ctx.cancellation().is_cancelled(),
    )
}

/// Returns the number of sessions.
#[tool]
fn sessions(service: State<Service>) -> usize {
    service.get().map_or(0, HttpService::sessions)
}

#[resource("test://items/{id}")]
fn item(id: u8) -> String {
    id.to_string()
}

#[resource("test://bytes")]
fn bytes() -> Vec<u8> {
    vec![0, 255]
}

#[completion]
fn words(value: String) -> Vec<String> {
    vec![value.repeat(2)]
}

#[prompt]
fn ask(#[arg(complete = words)] word: String) -> String {
    word
}

/// Serves in a router of the program, by axum, until a signal.
async fn serve_router(server: FastMcp) -> fastmcp::Result<()> {
    let server = server.start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let app = axum::Router::new().nest_service("/mcp", server.http_service());
    axum::serve(listener, app)
        .with_graceful_shutdown(server.stopped())
        .await?;
    Ok(server.shutdown().await?)
}

#[tokio::main]
async fn main() -> fastmcp::Result<()> {
    let service = Service::default();
    let server = FastMcp::new("target")
        .docket(Docket::memory("target"))
        .state(Arc::clone(&service));
    match std::env::args().nth(1).as_deref() {
        None => return Ok(server.run().await?),
        Some("http") => {}
        Some("router") => return serve_router(server).await,
        Some(address) => return Ok(server.run_http(address).await?),
    }
    let options = HttpOptions::new()
        .max_body_bytes(256 * 1024)
        .idle_sessions(Duration::from_millis(300));
    let server = server.http(options).start().await?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let _ = service.set(server.http_service());
    server.serve_http(listener).await?;
    Ok(server.shutdown().await?)
}
