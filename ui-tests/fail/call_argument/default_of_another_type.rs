use fastmcp::prelude::*;

#[dependency]
fn order(
    #[argument]
    #[arg(default = "seven")]
    order_id: u64,
) -> u64 {
    order_id
}

fn main() {}
