use fastmcp::prelude::*;

#[resource("data://a", annotations(read_only))]
async fn a() -> String {
    String::new()
}

fn main() {}
