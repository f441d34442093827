/// The order of the call.
#[dependency]
async fn order(
    /// The number on the invoice.
    #[argument]
    #[arg(min = 1, default = 7)]
    order_id: u64,
    #[argument] currency: &str,
    #[depends(pool)] pool: &Pool,
) -> Result<Order> {
    pool.order(order_id, currency).await
}
