use fastmcp::prelude::*;

#[tool]
async fn shout<'a>(text: &'a str) -> String {
    text.to_uppercase()
}

fn main() {}
