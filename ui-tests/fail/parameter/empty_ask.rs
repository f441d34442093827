use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(ask = "")] seconds: u32) -> u32 {
    seconds
}

fn main() {}
