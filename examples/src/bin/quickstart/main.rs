//! Searches a directory of text files in the background, and lets clients follow the progress.
//!
//! ```text
//! quickstart                       serves standard input and output
//! quickstart http 127.0.0.1:8000   serves HTTP at http://127.0.0.1:8000/mcp
//! quickstart worker                runs the tasks of other quickstarts: the same FASTMCP_DOCKET_URL for all of them
//! quickstart demo [PATH] [QUERY]   runs both ends in one process: calls the tools, prints the report
//! ```
//!
//! With `FASTMCP_DOCKET_URL=sqlite://tasks.db`, an analysis survives a server that is killed.

mod analysis;
mod demo;
mod search;

use fastmcp::prelude::*;

/// This project's own sources.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[tokio::main]
async fn main() -> Result<()> {
    let server = server();

    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => server.run().await?,
        ["http", address] => server.run_http(address).await?,
        ["worker"] => server.run_worker().await?,
        ["demo"] => demo::run(server, SOURCES, "docket").await?,
        ["demo", path] => demo::run(server, path, "docket").await?,
        ["demo", path, query] => demo::run(server, path, query).await?,
        _ => {
            eprintln!("usage: quickstart [http ADDRESS | worker | demo [PATH] [QUERY]]");
            std::process::exit(2);
        }
    }
    Ok(())
}

fn server() -> FastMcp {
    FastMcp::new("quickstart")
        .version(env!("CARGO_PKG_VERSION"))
        .instructions("Start an analysis, follow its status with the key, then read its report.")
        .enable_docket()
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
