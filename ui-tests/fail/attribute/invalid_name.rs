use fastmcp::prelude::*;

#[tool(name = "my tool!")]
async fn ping() -> String {
    "pong".into()
}

fn main() {}
