use fastmcp::prelude::*;

#[tool]
async fn count(bytes: [u8]) -> usize {
    bytes.len()
}

fn main() {}
