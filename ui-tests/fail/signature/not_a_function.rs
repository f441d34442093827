use fastmcp::prelude::*;

#[tool]
struct Search {
    query: String,
}

fn main() {}
