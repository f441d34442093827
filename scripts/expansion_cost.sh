#!/usr/bin/env bash
# Measures how long 200 tools with 4 parameters take to type-check, compared with 200 plain functions whose
# argument structs have the same fields and derive Deserialize and JsonSchema. Prints both times and their ratio.
#
#   scripts/expansion_cost.sh [number of tools]
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh
root=$PWD
work=$root/target/tmp/expansion-cost
tools=${1:-200}
rm -rf "$work" && mkdir -p "$work/tools/src" "$work/plain/src"

for kind in tools plain; do
    cat >"$work/$kind/Cargo.toml" <<TOML
[package]
name = "cost-$kind"
edition = "2024"
[workspace]
[dependencies]
fastmcp = { path = "$root/fastmcp" }
TOML
    cp Cargo.lock "$work/$kind/Cargo.lock"
done

{
    echo "use fastmcp::prelude::*;"
    for i in $(seq "$tools"); do
        echo "/// Tool $i."
        echo "#[tool] async fn tool_$i(/** One */ a: String, /** Two */ b: u32, c: Option<bool>, d: Vec<f64>) -> Result<String> { Ok(format!(\"{a}{b}{c:?}{d:?}\")) }"
    done
    echo "fn main() {}"
} >"$work/tools/src/main.rs"
{
    echo "#![allow(dead_code)]"
    echo "use fastmcp::{schemars, serde, Result};"
    for i in $(seq "$tools"); do
        echo "#[derive(serde::Deserialize, schemars::JsonSchema)] #[serde(crate = \"fastmcp::serde\")] #[schemars(crate = \"fastmcp::schemars\")]"
        echo "struct Arguments$i { /** One */ a: String, /** Two */ b: u32, c: Option<bool>, d: Vec<f64> }"
        echo "/// Tool $i."
        echo "async fn tool_$i(Arguments$i { a, b, c, d }: Arguments$i) -> Result<String> { Ok(format!(\"{a}{b}{c:?}{d:?}\")) }"
    done
    echo "fn main() {}"
} >"$work/plain/src/main.rs"

# Measures CPU time, because the machine may be busy with other work. Incremental builds are off,
# because they would skip the unchanged code.
export CARGO_INCREMENTAL=0
check() {
    (cd "$work/$1" && touch src/main.rs && TIMEFORMAT=%U && time cargo check --quiet --offline --target-dir "$root/target" 2>&1) 2>&1 | tail -1
}
check plain >/dev/null
check tools >/dev/null
for round in 1 2 3; do
    plain=$(check plain)
    annotated=$(check tools)
    awk -v p="$plain" -v t="$annotated" -v n="$tools" -v r="$round" \
        'BEGIN { printf "round %d: %d plain functions %.2f s, %d tools %.2f s, ratio %.2f\n", r, n, p, n, t, t / p }'
done
