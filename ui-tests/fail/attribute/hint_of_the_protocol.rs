use fastmcp::prelude::*;

#[tool(readOnlyHint)]
async fn read() -> String {
    String::new()
}

fn main() {}
