use fastmcp::prelude::*;

#[task]
async fn wait(#[arg(min = 1)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
