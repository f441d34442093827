use fastmcp::prelude::*;

struct Pool;

#[dependency]
async fn database() -> Pool {
    Pool
}

#[tool]
async fn count(table: String, #[depends(database)] pool: Pool) -> usize {
    let _ = pool;
    table.len()
}

fn main() {}
