use fastmcp::prelude::*;

#[tool(blocking)]
async fn compress(text: String) -> String {
    text
}

fn main() {}
