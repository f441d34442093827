use fastmcp::prelude::*;

#[dependency]
fn order(#[argument] order_id: u64) -> u64 {
    order_id
}

#[tool]
fn show(order_id: String, #[depends(order)] order: u64) -> String {
    format!("{order_id}{order}")
}

fn main() {}
