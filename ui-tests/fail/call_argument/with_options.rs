use fastmcp::prelude::*;

#[dependency]
fn order(#[argument(default = 7)] order_id: u64) -> u64 {
    order_id
}

fn main() {}
