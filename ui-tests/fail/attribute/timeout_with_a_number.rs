use fastmcp::prelude::*;

#[tool(timeout = 30)]
async fn wait(seconds: u32) -> u32 {
    seconds
}

fn main() {}
