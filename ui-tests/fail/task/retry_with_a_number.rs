use fastmcp::prelude::*;

#[task(retry(3))]
async fn charge(amount: u64) -> Result<u64> {
    Ok(amount)
}

fn main() {}
