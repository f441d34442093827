use fastmcp::prelude::*;

#[tool]
async fn count(#[arg(min = 1)] items: Option<Vec<u8>>) -> usize {
    items.map_or(0, |items| items.len())
}

fn main() {}
