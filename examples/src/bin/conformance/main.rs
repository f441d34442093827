//! The server that the official conformance suite of the protocol tests; `scripts/conformance.sh`
//! runs the suite.
//!
//! ```text
//! conformance 127.0.0.1:8000   serves HTTP at http://127.0.0.1:8000/mcp
//! ```
//!
//! The suite determines the names of the functions. No function uses protocol types.

mod asking;
mod changes;
mod content;
mod listings;
mod multi_round_trip;
mod notifications;
mod prompts;
mod resources;
mod tasks;

use fastmcp::prelude::*;

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), None) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: conformance ADDRESS");
        std::process::exit(2);
    };
    Ok(server().run_http(address).await?)
}

fn server() -> FastMcp {
    FastMcp::new("conformance")
        .version(env!("CARGO_PKG_VERSION"))
        .docket(Docket::memory("conformance"))
}

#[cfg(test)]
mod tests {
    use super::server;

    #[tokio::test]
    async fn the_server_has_no_lints() {
        let server = server().start().await.expect("the server starts");
        assert!(server.lints().is_empty(), "{:#?}", server.lints());
    }
}
