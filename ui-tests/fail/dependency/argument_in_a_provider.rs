use fastmcp::prelude::*;

#[dependency]
async fn greeting(name: String) -> String {
    format!("Hello, {name}")
}

fn main() {}
