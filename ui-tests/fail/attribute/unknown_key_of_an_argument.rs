use fastmcp::prelude::*;

#[tool]
async fn greet(#[arg(defualt = "world")] name: String) -> String {
    format!("Hello, {name}")
}

fn main() {}
