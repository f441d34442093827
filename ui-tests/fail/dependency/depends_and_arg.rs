use fastmcp::prelude::*;

#[dependency]
async fn database() -> String {
    "db:5432".into()
}

#[tool]
async fn count(#[depends(database)] #[arg(description = "The pool")] pool: String) -> usize {
    pool.len()
}

fn main() {}
