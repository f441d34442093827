use fastmcp::prelude::*;

#[dependency]
async fn database() -> String {
    "db:5432".into()
}

#[tool]
async fn count(#[depends(database())] pool: String) -> usize {
    pool.len()
}

fn main() {}
