use fastmcp::prelude::*;

#[tool]
async fn join(#[arg(pattern = "^[a-z]+$")] words: Vec<String>) -> String {
    words.concat()
}

fn main() {}
