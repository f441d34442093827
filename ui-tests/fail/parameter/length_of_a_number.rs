use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(length = 1..=3)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
