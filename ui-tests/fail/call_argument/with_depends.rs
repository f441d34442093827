use fastmcp::prelude::*;

#[dependency]
fn number() -> u64 {
    7
}

#[dependency]
fn order(#[argument] #[depends(number)] order_id: u64) -> u64 {
    order_id
}

fn main() {}
