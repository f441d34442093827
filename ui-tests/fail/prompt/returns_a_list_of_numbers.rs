use fastmcp::prelude::*;

#[prompt]
async fn ask() -> Result<Vec<u8>> {
    Ok(vec![1])
}

fn main() {}
