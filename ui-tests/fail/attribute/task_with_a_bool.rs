use fastmcp::prelude::*;

#[tool(task = true)]
async fn report(year: u32) -> u32 {
    year
}

fn main() {}
