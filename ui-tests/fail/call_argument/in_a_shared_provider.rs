use fastmcp::prelude::*;

#[dependency(shared)]
fn order(#[argument] order_id: u64) -> u64 {
    order_id
}

fn main() {}
