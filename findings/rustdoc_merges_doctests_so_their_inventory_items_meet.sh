#!/usr/bin/env bash
# Doctests of the 2024 edition share one program, so what they register with `inventory` is visible to each other.
#
# Guess:    each doctest is a program of its own and sees one registered item.
# Seen:     both doctests see two items, and a third that is marked `standalone_crate` sees one.
# Versions: rustdoc 1.95, inventory 0.3.25; seen on 2026-11-27.
# Matters:  examples that register a handler of the same name collide in the test run alone.
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
inventory = "=0.3.25"
TOML
cat >src/lib.rs <<'RUST'
pub struct Item(pub &'static str);
inventory::collect!(Item);

/// ```
/// inventory::submit!(finding::Item("first"));
/// assert_eq!(inventory::iter::<finding::Item>().count(), 2);
/// ```
pub fn first() {}

/// ```
/// inventory::submit!(finding::Item("second"));
/// assert_eq!(inventory::iter::<finding::Item>().count(), 2);
/// ```
pub fn second() {}

/// ```standalone_crate
/// inventory::submit!(finding::Item("third"));
/// assert_eq!(inventory::iter::<finding::Item>().count(), 1);
/// ```
pub fn third() {}
RUST
cat >expected <<'TEXT'
2 passed; 0 failed
1 passed; 0 failed
TEXT

cargo test --quiet --doc | grep -o "[0-9]* passed; [0-9]* failed" >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
