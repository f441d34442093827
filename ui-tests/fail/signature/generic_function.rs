use fastmcp::prelude::*;

#[tool]
async fn first<T: Clone>(items: Vec<T>) -> usize {
    items.len()
}

fn main() {}
