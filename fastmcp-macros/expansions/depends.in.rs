#[tool]
async fn count(table: String, #[depends(pool)] pool: &Pool) -> Result<u64> {
    pool.count(table).await
}
