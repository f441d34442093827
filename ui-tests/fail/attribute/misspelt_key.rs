use fastmcp::prelude::*;

#[tool(desciption = "Says pong")]
async fn ping() -> String {
    "pong".into()
}

fn main() {}
