#[task]
async fn ship(order_id: u64, #[depends(order)] order: Order) -> Result<()> {
    order.ship(order_id).await
}
