use fastmcp::prelude::*;

#[derive(Clone)]
struct Filter {
    text: String,
}

#[dependency]
fn found(#[argument] filter: Filter) -> usize {
    filter.text.len()
}

fn main() {}
