use fastmcp::prelude::*;

#[task(perpetual(every = "1h"), cron("0 3 * * *"))]
async fn charge(customer: String, amount: u64, docket: Docket) -> Result<u64> {
    let _ = (customer, docket);
    Ok(amount)
}

fn main() {}
