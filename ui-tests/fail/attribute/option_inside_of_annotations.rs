use fastmcp::prelude::*;

#[tool(annotations(read_only, title = "Report"))]
async fn report(year: u32) -> u32 {
    year
}

fn main() {}
