use fastmcp::prelude::*;

#[fastmcp::data]
struct Address {
    street: String,
}

#[fastmcp::data]
struct Order {
    goods: String,
    address: Option<Address>,
}

#[tool]
async fn order(ctx: Context) -> Result<String> {
    let order: Order = ctx.elicit("What, and where to?").await?;
    Ok(order.goods)
}

fn main() {}
