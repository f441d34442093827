use fastmcp::prelude::*;

#[resource("data://a", annotations(audiense("user")))]
async fn a() -> String {
    String::new()
}

fn main() {}
