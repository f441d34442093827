use fastmcp::prelude::*;

#[tool]
async fn name() -> &str {
    "name"
}

fn main() {}
