use fastmcp::prelude::*;

#[tool]
async fn wait(#[serde(rename = "for", default)] seconds: u32) -> u32 {
    seconds
}

fn main() {}
