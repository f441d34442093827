use fastmcp::prelude::*;

struct Pool;

#[dependency]
fn database() -> String {
    "db:5432".into()
}

#[tool]
async fn count(table: String, #[depends(database)] database: &Pool) -> usize {
    let _ = database;
    table.len()
}

fn main() {}
