use fastmcp::prelude::*;

struct Database;

#[tool]
async fn tables(#[arg(default)] database: State<Database>) -> usize {
    std::mem::size_of_val(&*database)
}

fn main() {}
