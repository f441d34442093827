use fastmcp::prelude::*;

#[tool(titel = "Double")]
async fn double(number: u32) -> u32 {
    number * 2
}

fn main() {
    let _ = double(4);
}
