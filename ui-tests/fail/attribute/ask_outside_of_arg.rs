use fastmcp::prelude::*;

#[tool(ask = "Which year?")]
async fn report(year: u32) -> u32 {
    year
}

fn main() {}
