use fastmcp::prelude::*;

#[prompt]
async fn wait(#[arg(ask = "How long?")] seconds: u32) -> String {
    seconds.to_string()
}

fn main() {}
