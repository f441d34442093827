#!/usr/bin/env bash
# Type-checks the library with the oldest version of each dependency that Cargo.toml allows.
#
# Works in a copy of the two published crates without their dev-dependencies: users do not get those.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

root=$PWD
work=$root/target/minimal-versions
rm -rf "$work"
mkdir -p "$work"
cp rust-toolchain.toml README.md "$work/"
cp -rL fastmcp fastmcp-macros "$work/"
rm -rf "$work"/fastmcp/{tests,benches}
sed 's/^members = .*/members = ["fastmcp", "fastmcp-macros"]/; /^default-members = /d' Cargo.toml >"$work/Cargo.toml"
for manifest in "$work"/fastmcp/Cargo.toml "$work"/fastmcp-macros/Cargo.toml; do
    awk '/^\[/ { dropped = /^\[dev-dependencies/ || /^\[\[bench/ } !dropped' "$manifest" >"$manifest.new"
    mv "$manifest.new" "$manifest"
done

cd "$work"
# The option is unstable; with RUSTC_BOOTSTRAP a stable cargo accepts it.
RUSTC_BOOTSTRAP=1 cargo update -Z direct-minimal-versions --quiet
cargo check --quiet --package fastmcp --all-features --target-dir "$root/target/minimal-versions-build"
echo "minimal versions: the library compiles with the oldest version of each dependency"
