//! Searches a directory of text files in the background, and lets clients follow the progress.
//!
//! ```text
//! quickstart                               serves standard input and output
//! quickstart serve --http 127.0.0.1:8000   serves HTTP at http://127.0.0.1:8000/mcp
//! quickstart worker                        runs the tasks of other quickstarts: the same FASTMCP_DOCKET_URL for all
//! quickstart demo [PATH] [QUERY]           runs both ends in one process: calls the tools, prints the report
//! quickstart --help                        lists the other commands, such as `list`, `call` and `docket`
//! ```
//!
//! With `FASTMCP_DOCKET_URL=sqlite://tasks.db`, an analysis survives a server that is killed.

mod analysis;
mod demo;
mod search;

use std::process::ExitCode;

use fastmcp::cli::clap::{Arg, Command};
use fastmcp::prelude::*;

/// This project's own sources.
const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

#[tokio::main]
async fn main() -> ExitCode {
    let demo = Command::new("demo")
        .about("Runs both ends in one process: calls the tools, prints the report")
        .arg(
            Arg::new("path")
                .default_value(SOURCES)
                .hide_default_value(true),
        )
        .arg(Arg::new("query").default_value("docket"));
    server()
        .cli()
        .command(demo, |server, matches| async move {
            let word = |name| matches.get_one::<String>(name).map_or("", String::as_str);
            demo::run(server, word("path"), word("query")).await
        })
        .await
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
