use fastmcp::prelude::*;

#[tool]
async fn shout(text: impl Into<String>) -> String {
    text.into()
}

fn main() {}
