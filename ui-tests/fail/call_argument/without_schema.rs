use fastmcp::prelude::*;
use fastmcp::serde::Deserialize;

#[derive(Clone, Deserialize)]
#[serde(crate = "fastmcp::serde")]
struct Filter {
    text: String,
}

#[dependency]
fn found(#[argument] filter: Filter) -> usize {
    filter.text.len()
}

fn main() {}
