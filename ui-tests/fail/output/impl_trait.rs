use fastmcp::prelude::*;

#[tool]
async fn names() -> impl Iterator<Item = String> {
    std::iter::empty()
}

fn main() {}
