//! The server of this library, with two tools.

#[path = "../ours.rs"]
mod server;

fn main() -> fastmcp::Result<()> {
    server::main()
}
