//! One `use` imports both the function of a task and its type.
use fastmcp::prelude::*;

mod jobs {
    #[fastmcp::task]
    pub(crate) async fn charge(amount: u64) -> u64 {
        amount
    }
}

use jobs::charge as take_money;

#[tool]
async fn pay(amount: u64, docket: Docket) -> Result<u64> {
    docket.add(jobs::charge)(amount).await?;
    Ok(docket.add(take_money)(amount).await?.result().await?)
}

fn main() {}
