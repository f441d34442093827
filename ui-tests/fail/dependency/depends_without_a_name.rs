use fastmcp::prelude::*;

#[tool]
async fn count(#[depends] pool: String) -> usize {
    pool.len()
}

fn main() {}
