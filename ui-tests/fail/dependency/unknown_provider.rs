use fastmcp::prelude::*;

#[tool]
async fn count(table: String, #[depends(databse)] pool: String) -> usize {
    table.len() + pool.len()
}

fn main() {}
