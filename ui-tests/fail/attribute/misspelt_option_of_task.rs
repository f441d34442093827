use fastmcp::prelude::*;

#[tool(task(required, pol = "2s"))]
async fn report(year: u32) -> u32 {
    year
}

fn main() {}
