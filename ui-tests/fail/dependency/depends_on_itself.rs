use fastmcp::prelude::*;

#[dependency]
async fn database(#[depends(database)] first: String) -> String {
    first
}

fn main() {}
