use fastmcp::prelude::*;

#[tool]
async fn wait(seconds: u32, #[arg(rename = "seconds")] minutes: u32) -> u32 {
    seconds + 60 * minutes
}

fn main() {}
