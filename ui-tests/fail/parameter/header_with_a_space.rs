use fastmcp::prelude::*;

#[tool]
async fn place(#[arg(header = "My Region")] region: String) -> String {
    region
}

fn main() {}
