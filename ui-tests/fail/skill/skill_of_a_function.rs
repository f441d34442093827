use fastmcp::prelude::*;

#[skill]
fn refunds() -> &'static str {
    "How to refund an order"
}

fn main() {}
