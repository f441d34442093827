use fastmcp::prelude::*;

async fn database() -> String {
    "db:5432".into()
}

#[tool]
async fn count(table: String, #[depends(database)] pool: String) -> usize {
    table.len() + pool.len()
}

fn main() {}
