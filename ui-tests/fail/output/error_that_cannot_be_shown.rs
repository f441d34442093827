use fastmcp::prelude::*;

struct Broken;

#[tool]
async fn connect(host: String) -> Result<String, Broken> {
    if host.is_empty() { Err(Broken) } else { Ok(host) }
}

fn main() {}
