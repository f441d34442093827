use fastmcp::prelude::*;

#[tool(max_answer = "100")]
async fn a() -> String {
    String::new()
}

#[tool(max_answer = "1.5 GB")]
async fn b() -> String {
    String::new()
}

#[tool(max_answer = 1.5)]
async fn c() -> String {
    String::new()
}

fn main() {}
