use fastmcp::prelude::*;

#[tool]
async fn double(number: Numbr) -> u32 {
    let _ = number;
    2
}

fn main() {}
