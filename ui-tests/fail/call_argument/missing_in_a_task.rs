use fastmcp::prelude::*;

#[dependency]
fn order(#[argument] tenant: String, #[argument] order_id: u64) -> String {
    format!("{tenant}{order_id}")
}

#[task]
async fn ship(tenant: String, #[depends(order)] order: String) -> String {
    format!("{tenant}{order}")
}

fn main() {}
