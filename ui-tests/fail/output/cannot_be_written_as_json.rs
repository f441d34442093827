use fastmcp::prelude::*;

struct Connection;

#[tool]
async fn connect(host: String) -> Result<Connection> {
    let _ = host;
    Ok(Connection)
}

fn main() {}
