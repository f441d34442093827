use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(range = 10)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
