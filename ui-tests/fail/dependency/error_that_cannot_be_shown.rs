use fastmcp::prelude::*;

struct Refused;

#[dependency]
async fn database() -> Result<String, Refused> {
    Err(Refused)
}

fn main() {}
