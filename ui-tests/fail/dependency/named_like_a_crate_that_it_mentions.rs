use fastmcp::prelude::*;

#[dependency]
fn serde_json() -> serde_json::Value {
    Default::default()
}

fn main() {}
