//! A server behind a proxy: over standard input and output, or over HTTP at the address in the first argument.

use std::sync::atomic::{AtomicU32, Ordering};

use fastmcp::prelude::*;
use fastmcp::{DynamicComponents, DynamicTool, ToolResult};

static CANCELLED: AtomicU32 = AtomicU32::new(0);

/// Returns the process.
#[tool(tags("info"), annotations(read_only))]
async fn pid() -> u32 {
    std::process::id()
}

/// Reports progress and writes to the log.
#[tool]
async fn steps(count: u32, ctx: Context) -> String {
    for step in 1..=count {
        ctx.report_progress(f64::from(step), Some(f64::from(count)), Some("step"))
            .await;
    }
    ctx.info("done").await;
    format!("{count} steps")
}

/// Asks the user.
#[tool]
async fn confirm(ctx: Context) -> Result<String> {
    let sure: bool = ctx.elicit("Are you sure?").await?;
    let name: String = ctx.elicit("Who are you?").await?;
    Ok(format!("{name}: {sure}"))
}

/// Asks twice, and returns both answers with the number of the call.
#[tool]
async fn quiz(id: u32, ctx: Context) -> Result<String> {
    let first: String = ctx.elicit(format!("first {id}")).await?;
    let second: String = ctx.elicit(format!("second {id}")).await?;
    Ok(format!("{id}: {first}, {second}"))
}

/// Returns a link to a note.
#[tool]
async fn link() -> ToolResult {
    let note = fastmcp::mcp::Resource::new("note://7", "note");
    ToolResult::new([fastmcp::mcp::ContentBlock::ResourceLink(note)])
}

/// Asks the user, and returns a link and the process.
#[tool(task)]
async fn build(ctx: Context) -> Result<ToolResult> {
    ctx.report_progress(1.0, None, Some("measuring")).await;
    let name: String = ctx.elicit("Which name?").await?;
    let note = fastmcp::mcp::Resource::new("note://7", "note");
    let text = format!("built {name} in {}", std::process::id());
    Ok(ToolResult::new([
        fastmcp::mcp::ContentBlock::text(text),
        fastmcp::mcp::ContentBlock::ResourceLink(note),
    ]))
}

/// Fails in a task.
#[tool(task)]
async fn collapse() -> Result<()> {
    Err(fastmcp::ProtocolError::new(-32_051, "collapsed").into())
}

/// Changes a note.
#[tool]
async fn change(id: u32, ctx: Context) {
    ctx.notify_resource_updated(&format!("note://{id}"));
}

/// Never ends.
#[tool(task)]
async fn forever() {
    struct Guard;
    impl Drop for Guard {
        fn drop(&mut self) {
            CANCELLED.fetch_add(1, Ordering::SeqCst);
        }
    }
    let _guard = Guard;
    std::future::pending::<()>().await;
}

/// Returns how many calls of `forever` were cancelled.
#[tool]
async fn cancelled() -> u32 {
    CANCELLED.load(Ordering::SeqCst)
}

/// Adds a tool.
#[tool]
async fn grow(name: String, tools: State<DynamicComponents>) -> Result<()> {
    tools.add(DynamicTool::new(name, |_| async { Ok("grown") }))?;
    Ok(())
}

/// Fails.
#[tool]
async fn fail() -> Result<()> {
    Err(fastmcp::ProtocolError::new(-32_050, "not today")
        .with_data("tomorrow")
        .into())
}

#[resource("note://{id}")]
async fn note(#[arg(complete = ids)] id: u32) -> String {
    format!("note {id}")
}

#[completion]
async fn ids(value: &str) -> Vec<String> {
    vec![format!("{value}7")]
}

#[prompt]
async fn greet(name: String) -> String {
    format!("Hello {name}")
}

#[tokio::main]
async fn main() -> Result<()> {
    let tools = DynamicComponents::new();
    // In memory, or in the file that the environment names.
    let server = FastMcp::new("upstream").enable_docket();
    let server = server.dynamic(tools.clone()).state(tools);
    match std::env::args().nth(1) {
        Some(address) => server.run_http(address).await?,
        None => server.run().await?,
    }
    Ok(())
}
