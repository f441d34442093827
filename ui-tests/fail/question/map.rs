use std::collections::HashMap;

use fastmcp::prelude::*;

#[tool]
async fn configure(ctx: Context) -> Result<usize> {
    let settings = ctx.elicit::<HashMap<String, u64>>("Which settings?").await?;
    Ok(settings.len())
}

fn main() {}
