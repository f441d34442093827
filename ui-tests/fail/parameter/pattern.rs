use fastmcp::prelude::*;

#[tool]
async fn add((a, b): (i32, i32)) -> i32 {
    a + b
}

fn main() {}
