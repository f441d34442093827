use fastmcp::prelude::*;

#[task(retry(delay = "5s"))]
async fn charge(customer: String, amount: u64, docket: Docket) -> Result<u64> {
    let _ = (customer, docket);
    Ok(amount)
}

fn main() {}
