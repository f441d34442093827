use fastmcp::prelude::*;

#[tool]
async fn greet(#[arg(range = 1..=10)] name: String) -> String {
    name
}

fn main() {}
