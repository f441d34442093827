use fastmcp::prelude::*;

#[tool(tags("math", "cheap", "math"))]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

fn main() {}
