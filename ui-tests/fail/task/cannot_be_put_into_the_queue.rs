use fastmcp::prelude::*;

struct Connection;

#[task]
async fn send(connection: Connection, text: String) -> usize {
    let _ = connection;
    text.len()
}

fn main() {}
