use fastmcp::prelude::*;

#[resource("file:///my docs/{name}")]
async fn page(name: String) -> String {
    name
}

fn main() {}
