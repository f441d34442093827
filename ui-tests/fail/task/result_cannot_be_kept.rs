use fastmcp::prelude::*;

struct Connection;

#[task]
async fn connect(host: String) -> Connection {
    let _ = host;
    Connection
}

fn main() {}
