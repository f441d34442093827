//! Tools that send notifications while they run.

use std::time::Duration;

use fastmcp::prelude::*;
use tokio::time::sleep;

const STEP: Duration = Duration::from_millis(50);

/// Logs three lines while it runs.
#[tool]
async fn test_tool_with_logging(ctx: Context) -> &'static str {
    ctx.info("Tool execution started").await;
    sleep(STEP).await;
    ctx.info("Tool processing data").await;
    sleep(STEP).await;
    ctx.info("Tool execution completed").await;
    "Logged three lines."
}

/// Logs one line, for clients that request log messages.
#[tool]
async fn test_logging_tool(ctx: Context) -> &'static str {
    ctx.info("Tool execution started").await;
    "Logged a line, if you asked for it."
}

/// Reports progress three times.
#[tool]
async fn test_tool_with_progress(ctx: Context) -> &'static str {
    ctx.report_progress(0.0, Some(100.0), None).await;
    sleep(STEP).await;
    ctx.report_progress(50.0, Some(100.0), None).await;
    sleep(STEP).await;
    ctx.report_progress(100.0, Some(100.0), None).await;
    "Reported three times."
}
