//! Modules with the names of crates that an expansion uses.
mod std {}
mod core {}
mod alloc {}
mod serde {}
mod serde_json {}
mod schemars {}
mod inventory {}
mod tokio {}

#[fastmcp::data]
struct Order {
    goods: String,
}

#[fastmcp::tool]
async fn order(order: Order, note: &str) -> String {
    order.goods + note
}

#[fastmcp::task]
async fn deliver(order: Order) -> Order {
    order
}

fn main() {}
