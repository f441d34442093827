use fastmcp::prelude::*;

#[task(priority = urgent)]
async fn charge(customer: String, amount: u64, docket: Docket) -> Result<u64> {
    let _ = (customer, docket);
    Ok(amount)
}

fn main() {}
