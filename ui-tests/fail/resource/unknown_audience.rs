use fastmcp::prelude::*;

#[resource("data://a", annotations(audience("model")))]
async fn a() -> String {
    String::new()
}

fn main() {}
