use fastmcp::prelude::*;

#[resource("data://a", annotations(colour = "red"))]
async fn a() -> String {
    String::new()
}

fn main() {}
