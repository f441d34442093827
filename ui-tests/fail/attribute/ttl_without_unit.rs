use fastmcp::prelude::*;

#[tool(task(ttl = "60"))]
async fn report(year: u32) -> u32 {
    year
}

fn main() {}
