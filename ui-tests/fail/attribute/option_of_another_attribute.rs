use fastmcp::prelude::*;

#[tool(mime_type = "text/plain")]
async fn read() -> String {
    String::new()
}

fn main() {}
