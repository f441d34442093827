use fastmcp::prelude::*;

#[tool]
async fn count(text: Strin) -> usize {
    text.len()
}

fn main() {}
