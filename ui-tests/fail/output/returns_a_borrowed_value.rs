use fastmcp::prelude::*;

#[tool]
async fn first(text: &str) -> &str {
    text
}

fn main() {}
