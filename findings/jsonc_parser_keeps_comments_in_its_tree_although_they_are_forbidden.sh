#!/usr/bin/env bash
# The syntax tree of jsonc-parser accepts comments although `allow_comments` is false; the values of the same text are refused.
#
# Guess:    `ParseOptions { allow_comments: false, .. }` makes every parser of the crate refuse a text with a comment.
# Seen:     `parse_to_value` refuses it. `CstRootNode::parse`, which editors of files use, accepts it with the same options.
#           Other options, such as `allow_trailing_commas`, hold for both.
# Versions: jsonc-parser 0.34.0; seen on 2026-11-28.
# Matters:  a program that edits the settings of strict hosts would call a file valid that the host refuses.
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
jsonc-parser = { version = "=0.34.0", features = ["cst"] }
TOML
cat >src/main.rs <<'RUST'
use jsonc_parser::cst::CstRootNode;
use jsonc_parser::{ParseOptions, parse_to_value};

fn main() {
    let strict = ParseOptions {
        allow_comments: false,
        allow_trailing_commas: false,
        ..ParseOptions::default()
    };
    for (name, text) in [("comment", "{ \"a\": 1 /* one */ }"), ("trailing comma", "{ \"a\": 1, }")] {
        let value = parse_to_value(text, &strict).is_ok();
        let tree = CstRootNode::parse(text, &strict).is_ok();
        println!("{name}: value {value}, tree {tree}");
    }
}
RUST
cat >expected <<'TEXT'
comment: value false, tree true
trailing comma: value false, tree false
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
