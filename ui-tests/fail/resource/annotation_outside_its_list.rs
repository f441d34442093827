use fastmcp::prelude::*;

#[resource("data://a", priority = 0.5)]
async fn a() -> String {
    String::new()
}

fn main() {}
