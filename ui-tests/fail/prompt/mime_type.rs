use fastmcp::prelude::*;

#[prompt(mime_type = "text/plain")]
async fn ask() -> String {
    String::new()
}

fn main() {}
