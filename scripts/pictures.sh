#!/usr/bin/env bash
# Makes the pictures of the README from the real programs: `scripts/pictures.sh [demo] [editor]`.
#
# Needs python3 and, for the picture of the editor, Neovim; installs both packages where it can.
set -euo pipefail
cd "$(dirname "$0")/.."
pictures=("$@")
[ $# -gt 0 ] || pictures=(demo editor)

export PYTHONPATH=$PWD/target/tools/pyte
python3 -c 'import pyte' 2>/dev/null ||
    python3 -m pip install --quiet --target target/tools/pyte "pyte==0.8.2" wcwidth
record="python3 scripts/pictures/record.py"
mkdir -p docs/images

demo() {
    ${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin quickstart
    $record docs/images/demo.svg 100 40 --hide "$PWD/" -- target/debug/quickstart demo fastmcp docket
}

# A mistake in a signature, as an editor shows it.
editor() {
    command -v nvim >/dev/null || { apt-get update && apt-get install -y --no-install-recommends neovim; } >/dev/null
    local crate=target/pictures/mistake
    mkdir -p "$crate/src"
    cp scripts/pictures/mistake.rs "$crate/src/main.rs"
    cp Cargo.lock "$crate"
    cat >"$crate/Cargo.toml" <<TOML
[package]
name = "orders"
edition = "2024"

[workspace]

[dependencies]
fastmcp = { path = "$PWD/fastmcp" }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }

[profile.dev.package."*"]
debug = false
TOML
    # The program has a mistake, so the command fails.
    (cd "$crate" && cargo check --quiet --message-format=json --target-dir ../.. >messages.json) || true
    CARGO_MESSAGES=$PWD/$crate/messages.json $record docs/images/editor.svg 96 28 --last -- \
        nvim -u scripts/pictures/editor.lua -n "$crate/src/main.rs"
}

for picture in "${pictures[@]}"; do
    "$picture"
    ls -l "docs/images/$picture.svg"
done
