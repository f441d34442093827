//! What the official conformance suite of the protocol expects of a server; `scripts/conformance.sh`
//! runs the suite against it.
//!
//! ```text
//! conformance 127.0.0.1:8000   serves HTTP at http://127.0.0.1:8000/mcp
//! ```
//!
//! Each function is named like what the suite calls. None of them speaks the protocol.

mod asking;
mod before;
mod changes;
mod content;
mod listings;
mod prompts;
mod resources;
mod rounds;
mod tasks;
mod telling;

use fastmcp::prelude::*;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: conformance ADDRESS");
        std::process::exit(2);
    };
    let server = FastMcp::new("conformance")
        .version(env!("CARGO_PKG_VERSION"))
        .docket(Docket::memory("conformance"));
    Ok(server.run_http(address).await?)
}
