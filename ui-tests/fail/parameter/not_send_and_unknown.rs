use std::rc::Rc;

use fastmcp::prelude::*;

struct Database;

#[tool]
async fn count(table: String, database: Rc<Database>) -> usize {
    std::future::ready(()).await;
    let _ = database;
    table.len()
}

fn main() {}
