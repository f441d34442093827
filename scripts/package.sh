#!/usr/bin/env bash
# Packages both crates as `cargo publish` would, and type-checks the packages alone, under other names: a file that
# is not in them, a path that leads out of them, or a line that has the name of a crate twice, fails here.
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
# Every guide page and every Lua script of the repository is in the package.
while read -r file; do
    [ -f "$work/fastmcp-$version/${file#fastmcp/}" ] || fail "$file is missing in the package of fastmcp"
done < <(find fastmcp/docs fastmcp/src -name '*.md' -o -name '*.lua')

# Relative links of the READMEs point to files of the repository, and to files of the packages.
check_links() {
    { grep -oE '\]\([^)#]+' "$1/README.md" || true; } | sed 's/^](//' | { grep -v '^[a-z]*:' || true; } | while read -r link; do
        [ -e "$1/$link" ] || fail "$1/README.md links to $link, which does not exist"
    done
}
for directory in . "$work/fastmcp-$version" "$work/fastmcp-macros-$version"; do
    check_links "$directory"
done

# The names on crates.io belong to others, so the crates will be published under other names. One line in the
# manifest of a crate and one in that of the workspace rename it; programs still write `use fastmcp::…`.
renamed=$work/renamed
mkdir -p "$renamed"
cp -a Cargo.toml Cargo.lock README.md LICENSE-* fastmcp fastmcp-macros examples tests ui-tests "$renamed"
for crate in fastmcp fastmcp-macros; do
    # The first `name` is that of the package; the next is that of the library.
    sed -i "0,/^name = \"$crate\"/s//name = \"renamed-$crate\"/" "$renamed/$crate/Cargo.toml"
    sed -i "s/package = \"$crate\"/package = \"renamed-$crate\"/" "$renamed/Cargo.toml"
done
(
    cd "$renamed"
    cargo package --package renamed-fastmcp-macros --package renamed-fastmcp --no-verify --allow-dirty --quiet \
        --target-dir "$work/target"
)
for crate in fastmcp-macros fastmcp; do
    tar -xzf "$work/target/package/renamed-$crate-$version.crate" -C "$work"
done

# A program that depends on the package, with the source from the README.
mkdir -p "$work/program/src"
sed -n '/^```rust$/,/^```$/{//!p;/^```$/q}' README.md >"$work/program/src/main.rs"
cat >"$work/program/Cargo.toml" <<TOML
[package]
name = "program"
edition = "2024"
[dependencies]
renamed-fastmcp = { path = "../renamed-fastmcp-$version", features = ["client", "redis"] }
tokio = { version = "1", features = ["macros", "rt-multi-thread"] }
TOML

cat >"$work/Cargo.toml" <<TOML
[workspace]
resolver = "3"
members = ["program", "renamed-fastmcp-$version", "renamed-fastmcp-macros-$version"]
exclude = ["renamed"]
[patch.crates-io]
renamed-fastmcp-macros = { path = "renamed-fastmcp-macros-$version" }
TOML
# The same profiles, so that the dependencies in target/ are reused.
sed -n '/^\[profile/,$p' Cargo.toml >>"$work/Cargo.toml"
cp Cargo.lock "$work/Cargo.lock"
cd "$work"
cargo check --quiet --package renamed-fastmcp --package program --all-features --target-dir "$root/target"
