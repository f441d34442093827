use fastmcp::prelude::*;

#[task(retry(attempts = 3, backoff = "1s"))]
async fn charge(customer: String, amount: u64, docket: Docket) -> Result<u64> {
    let _ = (customer, docket);
    Ok(amount)
}

fn main() {}
