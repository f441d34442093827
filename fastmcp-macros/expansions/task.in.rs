/// Charges a customer.
#[task(retry(attempts = 3, delay = "5s", only_if = is_passing), concurrency(1, per = customer))]
pub async fn charge(customer: String, mut amount: u64, progress: Progress) -> Result<u64> {
    amount += 1;
    progress.set_message(customer).await?;
    Ok(amount)
}
