#!/usr/bin/env bash
# schemars moves the enum variants that have a doc comment behind those that have none.
#
# Guess:    variants are listed in the order of their declaration.
# Seen:     undocumented variants come first, in one `enum`; each documented one follows as a `const` of its own.
# Versions: schemars 1.2.3, serde 1.0.229, serde_json 1.0.154; seen on 2026-11-27.
# Matters:  a form or a model shows Small, Large, Medium, Huge for an enum that was declared by size.
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

#[derive(JsonSchema)]
#[allow(dead_code)]
enum Cup {
    Small,
    /// The usual one
    Medium,
    Large,
    /// Ask first
    Bucket,
}

fn main() {
    println!("{}", schema_for!(Cup).as_value()["oneOf"]);
}
RUST
cat >expected <<'TEXT'
[{"enum":["Small","Large"],"type":"string"},{"const":"Medium","description":"The usual one","type":"string"},{"const":"Bucket","description":"Ask first","type":"string"}]
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
