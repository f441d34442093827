use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(ask = "How long?", default = 3)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
