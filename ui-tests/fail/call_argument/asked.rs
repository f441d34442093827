use fastmcp::prelude::*;

#[dependency]
fn order(
    #[argument]
    #[arg(ask = "Which order?")]
    order_id: u64,
) -> u64 {
    order_id
}

fn main() {}
