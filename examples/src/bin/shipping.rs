//! How does a long call survive the end of its process, without doing anything twice?
//!
//! ```text
//! FASTMCP_DOCKET_URL=sqlite://tasks.db shipping        serves standard input and output
//! ```
//!
//! A client with the tasks extension gets a handle at once. If the server is killed, the next one goes on after the last
//! recorded step.

use std::time::Duration;

use fastmcp::dependencies::Steps;
use fastmcp::prelude::*;

/// Charges the customer, asks before it packs, and ships the goods.
#[tool(task(ttl = "7d"))]
async fn ship(goods: String, cents: u32, ctx: Context, steps: Steps) -> Result<String> {
    let payment = steps.step("charge").run(charge(cents)).await?;
    // Neither the pause nor the question holds a slot of the worker.
    steps
        .sleep("time to cancel", Duration::from_millis(50))
        .await?;
    ctx.elicit::<()>(format!("Pack {goods} now?")).await?;
    steps.step("pack").run(async { Ok(()) }).await?;
    Ok(format!("shipped {goods}, {payment}"))
}

/// Stands for the call of a payment service.
async fn charge(cents: u32) -> Result<String> {
    Ok(format!("payment of {cents} cents"))
}

#[tokio::main]
async fn main() -> Result<()> {
    Ok(FastMcp::new("shipping").enable_docket().run().await?)
}
