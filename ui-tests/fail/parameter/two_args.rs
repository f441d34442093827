use fastmcp::prelude::*;

#[tool]
async fn wait(#[arg(min = 1)] #[arg(max = 9)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
