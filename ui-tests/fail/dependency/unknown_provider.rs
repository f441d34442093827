use fastmcp::prelude::*;

#[dependency]
fn database() -> String {
    "db:5432".into()
}

#[tool]
async fn count(table: String, #[depends(databse)] pool: String) -> usize {
    table.len() + pool.len()
}

fn main() {}
