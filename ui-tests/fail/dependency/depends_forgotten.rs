use fastmcp::prelude::*;

struct Pool;

#[dependency]
fn database() -> Pool {
    Pool
}

/// `#[depends(database)]` is missing.
#[tool]
async fn count(table: String, database: &Pool) -> usize {
    let _ = database;
    table.len()
}

fn main() {
    let _ = database();
}
