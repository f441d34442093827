use fastmcp::prelude::*;

#[dependency]
async fn session() -> String {
    "s".into()
}

#[dependency(shared)]
async fn cache(#[depends(session)] key: &str) -> usize {
    key.len()
}

fn main() {}
