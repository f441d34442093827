use fastmcp::prelude::*;

/// Greets.
#[tool]
async fn greet(#[arg(rename = "first name")] name: String) -> String {
    name
}

fn main() {}
