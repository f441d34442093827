use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(deprecated = "use minutes")] seconds: u32) -> u32 {
    seconds
}

fn main() {}
