use fastmcp::prelude::*;

#[tool(blocking = cfg!(unix))]
fn compress(text: String) -> String {
    text
}

fn main() {}
