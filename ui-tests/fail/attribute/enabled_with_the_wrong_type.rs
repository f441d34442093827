use fastmcp::prelude::*;

fn level() -> u8 {
    3
}

#[tool(enabled = level())]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

fn main() {}
