use std::sync::Arc;

use fastmcp::prelude::*;

struct Database;

#[tool]
async fn count(table: String, database: Arc<Database>) -> usize {
    let _ = database;
    table.len()
}

fn main() {}
