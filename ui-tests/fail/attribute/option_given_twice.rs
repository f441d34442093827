use fastmcp::prelude::*;

#[tool(title = "Ping", title = "Pong")]
async fn ping() -> String {
    "pong".into()
}

fn main() {}
