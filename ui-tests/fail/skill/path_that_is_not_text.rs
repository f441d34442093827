use fastmcp::prelude::*;

#[skill(path = 7)]
struct Refunds;

fn main() {}
