use fastmcp::prelude::*;

#[tool(default = 3)]
async fn wait(seconds: u32) -> u32 {
    seconds
}

fn main() {}
