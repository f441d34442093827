#!/usr/bin/env bash
# An `Option` field with `deserialize_with` is optional in the schema of schemars and required by serde.
#
# Guess:    schema and decoder agree: an `Option` field may be left out.
# Seen:     the schema has no `required`; serde answers "missing field" unless `#[serde(default)]` is added.
# Versions: schemars 1.2.3, serde 1.0.229, serde_json 1.0.154; seen on 2026-11-27.
# Matters:  a client that follows the schema has its call refused.
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
use serde::{Deserialize, Deserializer};

#[derive(JsonSchema, Deserialize)]
#[allow(dead_code)]
struct Search {
    #[serde(deserialize_with = "as_is")]
    limit: Option<u32>,
}

fn as_is<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    Option::deserialize(deserializer)
}

fn main() {
    println!("required: {:?}", schema_for!(Search).as_value().get("required"));
    let error = serde_json::from_str::<Search>("{}").err().unwrap();
    println!("serde: {error}");
}
RUST
cat >expected <<'TEXT'
required: None
serde: missing field `limit` at line 1 column 2
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
