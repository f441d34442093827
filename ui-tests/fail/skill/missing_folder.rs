use fastmcp::prelude::*;

#[skill]
struct RefundOrders;

fn main() {}
