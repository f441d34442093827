use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(examples(1, "two"))] seconds: u32) -> u32 {
    seconds
}

fn main() {}
