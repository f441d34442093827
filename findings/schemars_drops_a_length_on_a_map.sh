#!/usr/bin/env bash
# `#[schemars(length(…))]` on a map is accepted and has no effect.
#
# Guess:    `minProperties`, as a list gets `minItems`; or a compile error.
# Seen:     it compiles, and the listed map has no limit; on a `Vec` the same attribute becomes `minItems`.
# Versions: schemars 1.2.3, serde 1.0.229, serde_json 1.0.154; seen on 2026-11-27.
# Matters:  a limit that the author wrote down is neither shown nor enforced.
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
use std::collections::BTreeMap;

use schemars::{JsonSchema, schema_for};

#[derive(JsonSchema)]
#[allow(dead_code)]
struct Shelf {
    #[schemars(length(min = 1))]
    list: Vec<bool>,
    #[schemars(length(min = 1))]
    map: BTreeMap<String, bool>,
}

fn main() {
    let schema = schema_for!(Shelf);
    let properties = &schema.as_value()["properties"];
    println!("list: {}", properties["list"]);
    println!("map: {}", properties["map"]);
}
RUST
cat >expected <<'TEXT'
list: {"items":{"type":"boolean"},"minItems":1,"type":"array"}
map: {"additionalProperties":{"type":"boolean"},"type":"object"}
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
