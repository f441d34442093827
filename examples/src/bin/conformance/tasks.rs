//! Tools that run as tasks, for clients that declare the tasks extension.

use std::time::Duration;

use fastmcp::prelude::*;
use fastmcp::{ProtocolError, ToolError};
use tokio::time::sleep;

/// Greets; never runs as a task.
#[tool]
fn greet(
    /** Whom */
    name: String,
) -> String {
    format!("Hello, {name}!")
}

/// Takes some seconds.
#[tool(task)]
async fn slow_compute(
    /** How long it takes */
    #[arg(range = 0.0..=600.0)]
    seconds: f64,
    label: Option<String>,
) -> String {
    sleep(Duration::from_secs_f64(seconds)).await;
    format!("{} took {seconds} s", label.as_deref().unwrap_or("It"))
}

/// Fails after a second; runs only as a task.
#[tool(task = "required")]
async fn failing_job() -> Result<String> {
    sleep(Duration::from_secs(1)).await;
    Err(ToolError::new("the job failed, as it always does").into())
}

/// Fails with a protocol error.
#[tool(task)]
async fn protocol_error_job() -> Result<String> {
    Err(ProtocolError::new(-32603, "the job cannot be done").into())
}

#[fastmcp::data]
struct Confirmation {
    confirm: bool,
}

/// Asks before it deletes.
#[tool(task)]
async fn confirm_delete(filename: String, ctx: Context) -> Result<String> {
    let asked = ctx.elicit::<Confirmation>(format!("Delete {filename}?"));
    Ok(if asked.await?.confirm {
        format!("{filename} is deleted")
    } else {
        format!("{filename} stays")
    })
}

#[fastmcp::data]
struct Part {
    name: String,
}

/// Asks two questions at once.
#[tool(task)]
async fn multi_input(ctx: Context) -> Result<String> {
    let (first, second) = tokio::try_join!(
        ctx.elicit::<Part>("The first name?")
            .key("first")
            .into_future(),
        ctx.elicit::<Part>("The second name?")
            .key("second")
            .into_future(),
    )?;
    Ok(format!("{} and {}", first.name, second.name))
}

/// Asks for the name before there is a task.
#[tool(task = "required")]
async fn test_tool_with_task(#[arg(ask = "What is your name?")] name: String) -> String {
    format!("Hello, {name}!")
}
