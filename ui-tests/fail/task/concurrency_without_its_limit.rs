use fastmcp::prelude::*;

#[task(concurrency(per = customer))]
async fn charge(customer: String) -> usize {
    customer.len()
}

fn main() {}
