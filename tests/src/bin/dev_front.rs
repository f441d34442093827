//! A front for the package at the path in the first argument: over standard input and output, over HTTP at the address
//! after `--http`, or for a coding agent with `--agent`.

use fastmcp::dev::{Dev, DevError};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let dev = |path: &str| Dev::new().manifest_path(path);
    let ended: Result<(), DevError> = match *arguments {
        [path] => dev(path).run().await,
        [path, "--http", address] => dev(path).http(address).arguments(["{address}"]).run().await,
        [path, "--agent"] => dev(path).run_agent().await,
        _ => panic!("dev_front MANIFEST [--http ADDRESS | --agent]"),
    };
    if let Err(error) = ended {
        eprintln!("{error}");
        std::process::exit(1);
    }
}
