use fastmcp::prelude::*;

#[tool]
async fn shout(text: &'static str) -> String {
    text.to_uppercase()
}

fn main() {}
