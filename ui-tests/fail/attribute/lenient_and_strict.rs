use fastmcp::prelude::*;

#[tool(lenient, strict)]
async fn a() -> String {
    String::new()
}

#[tool(heartbeat = "often")]
async fn b() -> String {
    String::new()
}

#[tool(heartbeat("15s"))]
async fn c() -> String {
    String::new()
}

fn main() {}
