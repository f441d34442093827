use fastmcp::prelude::*;

#[tool]
async fn wait(#[args(min = 1)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
