use fastmcp::prelude::*;

#[resource("users://{id}/{part}")]
async fn user(id: u64) -> String {
    id.to_string()
}

fn main() {}
