use fastmcp::prelude::*;

#[dependency]
fn order(
    #[argument]
    #[arg(max = 9)]
    order_id: String,
) -> String {
    order_id
}

fn main() {}
