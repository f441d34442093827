#!/usr/bin/env bash
# Packages both crates as `cargo publish` would, and type-checks the packages alone: a file that is not in them,
# or a path that leads out of them, fails here.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "package.sh: $*" >&2; exit 1; }

root=$PWD
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -1)
work=$root/target/package-check
rm -rf "$work"
mkdir -p "$work"

# `--no-verify`, because cargo would build everything again; the check below uses the dependencies
# that are already built.
cargo package --package fastmcp-macros --package fastmcp --no-verify --allow-dirty --quiet
for crate in fastmcp-macros fastmcp; do
    tar -xzf "target/package/$crate-$version.crate" -C "$work"
    for file in README.md LICENSE-MIT LICENSE-APACHE Cargo.toml src/lib.rs; do
        [ -s "$work/$crate-$version/$file" ] || fail "$file is missing in the package of $crate"
    done
done
cmp README.md "$work/fastmcp-$version/README.md"

# Every guide page and every Lua script of the repository is in the package.
while read -r file; do
    [ -f "$work/fastmcp-$version/${file#fastmcp/}" ] || fail "$file is missing in the package of fastmcp"
done < <(find fastmcp/docs fastmcp/src -name '*.md' -o -name '*.lua')

# Relative links of the README point to files of the repository.
grep -oE '\]\([^)#]+' README.md | sed 's/^](//' | { grep -v '^[a-z]*:' || true; } | while read -r link; do
    [ -e "$link" ] || fail "README.md links to $link, which does not exist"
done

cat >"$work/Cargo.toml" <<TOML
[workspace]
resolver = "3"
members = ["fastmcp-$version", "fastmcp-macros-$version"]
[patch.crates-io]
fastmcp-macros = { path = "fastmcp-macros-$version" }
TOML
# The same profiles, so that the dependencies in target/ are reused.
sed -n '/^\[profile/,$p' Cargo.toml >>"$work/Cargo.toml"
cp Cargo.lock "$work/Cargo.lock"
cd "$work"
cargo check --quiet --package fastmcp --all-features --target-dir "$root/target"
