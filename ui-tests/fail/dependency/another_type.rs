use fastmcp::prelude::*;

#[dependency]
async fn database() -> Result<String> {
    Ok("db:5432".into())
}

#[tool]
async fn count(table: String, #[depends(database)] pool: Vec<u8>) -> usize {
    table.len() + pool.len()
}

fn main() {}
