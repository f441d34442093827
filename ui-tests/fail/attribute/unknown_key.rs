use fastmcp::prelude::*;

#[tool(read_write = true)]
async fn ping() -> String {
    "pong".into()
}

fn main() {}
