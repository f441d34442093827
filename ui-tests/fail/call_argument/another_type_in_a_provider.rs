use fastmcp::prelude::*;

#[dependency]
fn order(#[argument] order_id: u64) -> u64 {
    order_id
}

#[dependency]
fn invoice(#[argument] order_id: Option<u64>, #[depends(order)] order: u64) -> u64 {
    order_id.unwrap_or(order)
}

fn main() {}
