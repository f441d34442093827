#!/usr/bin/env bash
# schemars lists a field twice in `required` when two flattened structs both have it.
#
# Guess:    `required` is a set: the name appears once, or the derive refuses the clash.
# Seen:     `"required":["id","left","id","right"]`, which JSON Schema forbids (unique items); the values clash as well: serde_json keeps the second `id` alone.
# Versions: schemars 1.2.3, serde 1.0.229, serde_json 1.0.154; seen on 2026-11-27.
# Matters:  validators that check the schema itself refuse the tool that lists it.
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
use serde::Serialize;

#[derive(JsonSchema, Serialize)]
struct Left {
    id: u32,
    left: u32,
}

#[derive(JsonSchema, Serialize)]
struct Right {
    id: u32,
    right: u32,
}

#[derive(JsonSchema, Serialize)]
struct Pair {
    #[serde(flatten)]
    left: Left,
    #[serde(flatten)]
    right: Right,
}

fn main() {
    println!("{}", schema_for!(Pair).as_value()["required"]);
    let pair = Pair {
        left: Left { id: 1, left: 10 },
        right: Right { id: 2, right: 20 },
    };
    println!("{}", serde_json::to_value(pair).unwrap());
}
RUST
cat >expected <<'TEXT'
["id","left","id","right"]
{"id":2,"left":10,"right":20}
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
