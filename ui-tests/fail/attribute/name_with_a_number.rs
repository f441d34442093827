use fastmcp::prelude::*;

#[tool(name = 7)]
async fn ping() -> String {
    "pong".into()
}

fn main() {}
