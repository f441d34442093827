use fastmcp::prelude::*;

#[dependency]
fn database() -> String {
    String::new()
}

#[tool]
async fn count(#[depend(database)] database: String) -> usize {
    database.len()
}

fn main() {}
