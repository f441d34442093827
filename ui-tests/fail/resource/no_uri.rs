use fastmcp::prelude::*;

#[resource(name = "users")]
async fn users() -> String {
    String::new()
}

fn main() {}
