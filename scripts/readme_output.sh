#!/usr/bin/env bash
# Runs the demo and puts its output into README.md, so that the text there is that of a real run.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

output=$(cargo run --package fastmcp-examples --bin quickstart -- demo)
# From the call on, and without the path of this machine and the less interesting files.
output=$(sed -n '/^analyze_data(/,$p' <<<"$output" | sed "s|path: \".*\", query|path: \"…\", query|" | awk '
    /^ *[0-9]+  / && ++files > 3 { next }
    { print }')
OUTPUT=$output awk '
    /^```text$/ { block = 1; first = 1; print; next }
    block && first { first = 0; if ($0 ~ /^analyze_data\(/) { print ENVIRON["OUTPUT"]; skip = 1 } }
    /^```$/ { block = 0; skip = 0 }
    !skip { print }' README.md >target/README.md
mv target/README.md README.md
