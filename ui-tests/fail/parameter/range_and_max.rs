use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(range = 1..=10, max = 20)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
