#!/usr/bin/env bash
# yaml_serde, the parser of rmcp's skills, types some scalars unlike the core schema of YAML 1.2.
#
# Guess:    a crate for YAML 1.2 reads `010` as the number 10 and `0b11` as text (YAML 1.2.2, section 10.3.2), and refuses
#           `.inf` where the target is JSON.
# Seen:     `010` is text, `0b11` is 3, and `.inf` is null, without an error. The official TypeScript client reads the first
#           two as 10 and "0b11".
# Versions: yaml_serde 0.10.7, serde_json 1.0.154; npm @modelcontextprotocol/client 2.4.0; seen on 2026-11-28.
# Matters:  hosts compare the frontmatter of a skill with its file, field by field (SEP-2640), and refuse a skill that
#           differs. A server that converts its frontmatter with this crate loses it for a field such as `octal: 010`.
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
serde_json = "=1.0.154"
yaml_serde = "=0.10.7"
TOML
cat >src/main.rs <<'RUST'
fn main() {
    for text in ["010", "0b11", ".inf"] {
        let read: serde_json::Value = yaml_serde::from_str(&format!("field: {text}")).unwrap();
        println!("{text} {}", read["field"]);
    }
}
RUST
cat >expected <<'TEXT'
010 "010"
0b11 3
.inf null
TEXT

cargo run --quiet >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
