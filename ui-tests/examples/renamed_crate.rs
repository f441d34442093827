//! `fastmcp` through another crate that re-exports it.
mod framework {
    pub use fastmcp as mcp;
}

use framework::mcp::prelude::{Docket, Result};

#[framework::mcp::data(crate = crate::framework::mcp)]
struct Order {
    goods: String,
}

#[framework::mcp::tool(crate = crate::framework::mcp)]
async fn order(order: Order, docket: Docket) -> Result<String> {
    docket.add(deliver)(order).await?;
    Ok("ordered".into())
}

#[framework::mcp::task(crate = crate::framework::mcp)]
async fn deliver(order: Order) -> String {
    order.goods
}

struct Shop;

#[framework::mcp::tools(crate = crate::framework::mcp)]
impl Shop {
    #[tool]
    fn is_open(&self) -> bool {
        true
    }
}

fn main() {}
