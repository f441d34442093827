use fastmcp::prelude::*;

#[tool(title =, tags("math"))]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

fn main() {}
