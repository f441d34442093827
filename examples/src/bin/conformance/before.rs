//! A tool whose call is a task, once the client has said what it left out.

use fastmcp::prelude::*;

/// Greets whoever says their name; only as a task.
#[tool(task = "required")]
async fn test_tool_with_task(#[arg(ask = "What is your name?")] name: String) -> String {
    format!("Hello, {name}!")
}
