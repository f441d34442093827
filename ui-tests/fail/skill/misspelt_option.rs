use fastmcp::prelude::*;

#[skill(folder = "skills/refunds")]
struct Refunds;

fn main() {}
