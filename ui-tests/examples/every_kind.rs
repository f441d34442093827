//! Handlers without parameters, sync handlers, and every kind of return type.

use fastmcp::mcp::{ContentBlock, PromptMessage, ResourceContents, Role};
use fastmcp::prelude::*;
use fastmcp::{ResourceResult, ToolResult};

#[tool]
fn nothing() {}

#[tool(name = "renamed", title = "Renamed", description = "Says so")]
async fn text() -> &'static str {
    "text"
}

#[tool]
async fn fails() -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

#[tool]
async fn boxed() -> Result<Vec<f64>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(vec![1.0])
}

#[tool]
async fn blocks() -> Vec<ContentBlock> {
    vec![ContentBlock::text("text")]
}

#[tool]
async fn whole() -> ToolResult {
    ToolResult::error("no")
}

#[resource("data://bytes", mime_type = "image/png")]
fn bytes() -> Vec<u8> {
    vec![0]
}

#[resource("data://json/{a}{?b}")]
async fn json(a: u8, b: Option<u8>) -> Result<fastmcp::serde_json::Value> {
    Ok(vec![a, b.unwrap_or(0)].into())
}

#[resource("data://rest/{rest*}")]
async fn rest(rest: &str) -> ResourceResult {
    ResourceResult::Contents(vec![ResourceContents::text(rest, "data://other")])
}

#[prompt]
fn ask(topic: &str, #[arg(default = 3)] times: usize) -> Vec<PromptMessage> {
    vec![PromptMessage::new_text(Role::User, topic.repeat(times))]
}

fn main() {}
