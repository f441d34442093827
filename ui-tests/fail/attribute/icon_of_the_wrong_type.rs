use fastmcp::prelude::*;

#[tool(icons(3.5))]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

fn main() {}
