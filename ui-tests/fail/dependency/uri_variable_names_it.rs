use fastmcp::prelude::*;

#[dependency]
fn user() -> String {
    "Ada".into()
}

#[resource("users://{name}")]
async fn profile(#[depends(user)] name: String) -> String {
    name
}

fn main() {}
