use fastmcp::prelude::*;

#[skill]
struct Refunds {
    text: String,
}

fn main() {}
