#!/usr/bin/env bash
# `deny_unknown_fields` on an internally tagged enum does not reach its unit variants, although schemars lists them as closed.
#
# Guess:    an extra field is refused in every variant.
# Seen:     a struct variant refuses it; a unit variant accepts it. The schema says `additionalProperties: false` for both.
# Versions: schemars 1.2.3, serde 1.0.229, serde_json 1.0.154; seen on 2026-11-27.
# Matters:  what is listed and what is accepted differ.
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
schemars = "=1.2.3"
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "=1.0.154"
TOML
cat >src/main.rs <<'RUST'
use schemars::{JsonSchema, schema_for};
use serde::Deserialize;

#[derive(JsonSchema, Deserialize, Debug)]
#[serde(tag = "kind", deny_unknown_fields)]
#[allow(dead_code)]
enum Shape {
    Point,
    Circle { radius: u32 },
}

fn main() {
    for variant in schema_for!(Shape).as_value()["oneOf"].as_array().unwrap() {
        println!("open: {}", variant["additionalProperties"]);
    }
    for text in [r#"{"kind":"Circle","radius":1,"x":2}"#, r#"{"kind":"Point","x":2}"#] {
        println!("{:?}", serde_json::from_str::<Shape>(text).map_err(|error| error.to_string()));
    }
}
RUST
cat >expected <<'TEXT'
open: false
open: false
Err("unknown field `x`, expected `radius`")
Ok(Point)
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
