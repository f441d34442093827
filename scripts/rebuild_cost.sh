#!/usr/bin/env bash
# Measures what a user's crate costs to compile: the CPU seconds of a release rebuild after a change of one
# line, and the lines of LLVM IR, for servers with 1, 2 and 100 tools. The crates are outside of the
# workspace and depend on it by path, with the default features.
#
#   scripts/rebuild_cost.sh [--json] [number of tools]…
#
# `--json` prints one line of JSON per figure.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh
root=$PWD
work=$root/target/tmp/rebuild-cost
json=
if [ "${1:-}" = --json ]; then
    json=1
    shift
fi
(($#)) || set -- 1 2 100
export CARGO_INCREMENTAL=0

for tools in "$@"; do
    crate=$work/server-$tools
    mkdir -p "$crate/src"
    cp Cargo.lock "$crate/"
    cat >"$crate/Cargo.toml" <<TOML
[package]
name = "server-$tools"
edition = "2024"
[workspace]
[dependencies]
fastmcp = { path = "$root/fastmcp" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML
    {
        echo "use fastmcp::prelude::*;"
        for i in $(seq "$tools"); do
            echo "/// Tool $i."
            echo "#[tool] async fn tool_$i(/** One */ a: String, /** Two */ b: u32, c: Option<bool>, d: Vec<f64>) -> Result<String> { Ok(format!(\"{a}{b}{c:?}{d:?}\")) }"
        done
        echo '#[tokio::main] async fn main() -> Result<()> { Ok(FastMcp::new("cost").run().await?) }'
    } >"$crate/src/main.rs"
    # Builds the dependencies.
    (cd "$crate" && cargo build --release --quiet --target-dir "$root/target")
    sed -i 's/Tool 1\./Tool 1, changed./' "$crate/src/main.rs"
    TIMEFORMAT="%U %S"
    seconds=$( (cd "$crate" && time cargo build --release --quiet --target-dir "$root/target") 2>&1 | tail -1)
    rm -f "$root/target/release/deps/server_${tools}"-*.ll
    (cd "$crate" && cargo rustc --release --quiet --target-dir "$root/target" -- \
        --emit=llvm-ir -Cno-prepopulate-passes -Ccodegen-units=1)
    lines=$(cat "$root/target/release/deps/server_${tools}"-*.ll | wc -l)
    seconds=$(awk '{ printf "%.1f", $1 + $2 }' <<<"$seconds")
    if [ -n "$json" ]; then
        echo "{\"bench\":\"rebuild\",\"row\":\"rebuild_${tools}_tools\",\"unit\":\"CPU seconds\",\"ours\":$seconds}"
        echo "{\"bench\":\"rebuild\",\"row\":\"llvm_lines_${tools}_tools\",\"unit\":\"lines\",\"ours\":$lines}"
    else
        echo "$tools tools: rebuild $seconds CPU seconds, $lines lines of LLVM IR"
    fi
done
