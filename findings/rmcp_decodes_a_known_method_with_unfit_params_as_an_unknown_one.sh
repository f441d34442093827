#!/usr/bin/env bash
# rmcp decodes `tools/call` with a string as its arguments as a request of an unknown method.
#
# Guess:    a request of a known method whose parameters do not fit gets -32602 (JSON-RPC 2.0, section 5.1).
# Seen:     the untagged enum of requests falls through to `CustomRequest`, so the default handler answers
#           -32601, "method not found", with the name of a method that the server has.
# Versions: rmcp 3.11.0; seen on 2026-11-27.
# Matters:  a client believes that the server has no tools, and the author of a client does not learn which
#           member is wrong.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "finding"
version = "0.0.0"
edition = "2024"

[workspace]

[dependencies]
rmcp = { version = "=3.11.0", default-features = false, features = ["server"] }
serde_json = "1"
TOML
cat >src/main.rs <<'RUST'
use rmcp::model::ClientRequest;

fn main() {
    for params in [r#"{"name":"greet","arguments":{}}"#, r#"{"name":"greet","arguments":"{}"}"#, "{}"] {
        let request = format!(r#"{{"method":"tools/call","params":{params}}}"#);
        let kind = match serde_json::from_str(&request) {
            Ok(ClientRequest::CallToolRequest(_)) => "CallToolRequest",
            Ok(ClientRequest::CustomRequest(_)) => "CustomRequest",
            Ok(_) => "another request",
            Err(_) => "an error",
        };
        println!("{params}: {kind}");
    }
}
RUST
cat >expected <<'TEXT'
{"name":"greet","arguments":{}}: CallToolRequest
{"name":"greet","arguments":"{}"}: CustomRequest
{}: CustomRequest
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
