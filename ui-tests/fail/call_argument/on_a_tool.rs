use fastmcp::prelude::*;

#[tool]
fn show(#[argument] order_id: u64) -> u64 {
    order_id
}

fn main() {}
