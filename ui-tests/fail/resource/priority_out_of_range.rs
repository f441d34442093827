use fastmcp::prelude::*;

#[resource("data://a", annotations(priority = 7))]
async fn a() -> String {
    String::new()
}

fn main() {}
