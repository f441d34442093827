use fastmcp::prelude::*;

#[resource("users://{id}")]
async fn user(id: u64, part: String) -> String {
    format!("{id}{part}")
}

fn main() {}
