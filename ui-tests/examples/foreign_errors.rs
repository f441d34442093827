//! Handlers can return every error type that implements `Display`.
use fastmcp::ToolError;
use fastmcp::prelude::*;

#[tool]
async fn parse(text: String) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[tool]
async fn read(path: String) -> std::io::Result<String> {
    std::fs::read_to_string(path)
}

#[tool]
async fn boxed(text: String) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    Err(text.into())
}

#[tool]
async fn told(text: String) -> Result<(), ToolError> {
    Err(ToolError::new(text))
}

#[tool]
async fn text() -> Result<(), &'static str> {
    Err("no")
}

fn main() {}
