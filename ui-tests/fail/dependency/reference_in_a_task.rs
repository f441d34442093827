use fastmcp::prelude::*;

#[dependency]
async fn database() -> String {
    "db:5432".into()
}

#[task]
async fn count(#[depends(database)] pool: &str) -> usize {
    pool.len()
}

fn main() {}
