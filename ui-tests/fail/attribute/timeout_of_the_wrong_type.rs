use fastmcp::prelude::*;

const LONG: u64 = 30;

#[tool(timeout = LONG)]
async fn wait(seconds: u32) -> u32 {
    seconds
}

fn main() {}
