use fastmcp::prelude::*;

#[tool]
#[arg(min = 1)]
async fn wait(seconds: u32) -> u32 {
    seconds
}

fn main() {}
