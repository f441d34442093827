use fastmcp::prelude::*;

#[dependency]
fn found(#[argument] page: &mut u64) -> u64 {
    *page
}

fn main() {}
