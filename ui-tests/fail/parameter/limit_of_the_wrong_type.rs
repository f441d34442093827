use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(min = "soon")] seconds: u32) -> u32 {
    seconds
}

fn main() {}
