#!/usr/bin/env bash
# Measures what the dependencies of a server cost: the number of crates that are compiled for a server over stdio, by
# the features of `fastmcp`, compared with the same server with the macros of rmcp.
#
#   scripts/crate_cost.sh           prints the numbers of crates
#   scripts/crate_cost.sh --build   also the CPU seconds of a clean release build of both servers over stdio
#   scripts/crate_cost.sh … --json  prints one line of JSON per figure
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh
root=$PWD
work=$root/target/tmp/crate-cost
build= json=
for argument in "$@"; do
    case $argument in
    --build) build=1 ;;
    --json) json=1 ;;
    *) echo "unknown argument: $argument" >&2; exit 2 ;;
    esac
done

# Writes the crate $1 with the dependencies $2 and the program on standard input.
crate() {
    mkdir -p "$work/$1/src"
    cp Cargo.lock "$work/$1/"
    printf '[package]\nname = "server-%s"\nedition = "2024"\n[workspace]\n[dependencies]\n%s\n' "$1" "$2" >"$work/$1/Cargo.toml"
    cat >"$work/$1/src/main.rs"
}

# Prints the number of crates, including build scripts and macros.
count() {
    (cd "$work/$1" && cargo tree --quiet --edges normal,build --prefix none) |
        sed 's/ (\*)$//; s/ (proc-macro)//' | sort -u | wc -l
}

# Prints the CPU seconds of a build without any artifact.
seconds() {
    local target=$work/target-$1
    rm -rf "$target"
    (cd "$work/$1" && cargo fetch --quiet)
    TIMEFORMAT="%U %S"
    (cd "$work/$1" && time cargo build --release --quiet --target-dir "$target") 2>&1 | tail -1 | awk '{ printf "%.0f\n", $1 + $2 }'
    rm -rf "$target"
}

print() {
    if [ -n "$json" ]; then
        echo "{\"bench\":\"crates\",\"row\":\"$1\",\"unit\":\"$2\",\"ours\":$3,\"rmcp\":${4:-null}}"
    else
        echo "$1: $3 $2${4:+, rmcp $4}"
    fi
}

tokio='tokio = { version = "1", features = ["macros", "rt-multi-thread"] }'
for features in stdio http 'stdio http' 'stdio redis' 'stdio sqlite' 'stdio client'; do
    name=${features// /-}
    crate "$name" "fastmcp = { path = \"$root/fastmcp\", default-features = false, features = [\"${features// /\", \"}\"] }
$tokio" <<'RUST'
use fastmcp::prelude::*;

/// Adds two numbers.
#[tool]
async fn add(a: i64, b: i64) -> i64 {
    a + b
}

#[tokio::main]
async fn main() -> Result<()> {
    let server = FastMcp::new("cost").start().await?;
    Ok(server.shutdown().await?)
}
RUST
done
sed -i 's/let server = FastMcp::new("cost").start().await?;/return Ok(FastMcp::new("cost").run().await?);/; /shutdown/d' "$work/stdio/src/main.rs"
crate rmcp "rmcp = { version = \"3.9\", features = [\"transport-io\"] }
serde = { version = \"1\", features = [\"derive\"] }
$tokio" <<'RUST'
use rmcp::handler::server::router::tool::ToolRouter;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::{ServerHandler, ServiceExt, schemars, tool, tool_handler, tool_router};

#[derive(serde::Deserialize, schemars::JsonSchema)]
struct Add {
    a: i64,
    b: i64,
}

struct Server {
    tool_router: ToolRouter<Self>,
}

#[tool_router]
impl Server {
    /// Adds two numbers.
    #[tool]
    async fn add(&self, Parameters(add): Parameters<Add>) -> String {
        (add.a + add.b).to_string()
    }
}

#[tool_handler(router = self.tool_router)]
impl ServerHandler for Server {}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let server = Server { tool_router: Server::tool_router() };
    server.serve(rmcp::transport::stdio()).await?.waiting().await?;
    Ok(())
}
RUST

print stdio crates "$(count stdio)" "$(count rmcp)"
for features in http stdio-http stdio-redis stdio-sqlite stdio-client; do
    print "$features" crates "$(count $features)"
done
if [ -n "$build" ]; then
    print stdio_clean_release "CPU seconds" "$(seconds stdio)" "$(seconds rmcp)"
fi
