#!/usr/bin/env bash
# An inherent constant is selected by its bounds without regard to lifetimes, and then fails on them.
#
# Guess:    a constant in `impl<T: DeserializeOwned> Probe<T>` shadows the constant of a fallback trait exactly for the
#           types that meet the bound, so it tells `String` from `&'static str`.
# Seen:     `String` is `true`, a type without `Deserialize` is `false`, and `&'static str` is a compile error,
#           "implementation of `Deserialize` is not general enough", at the place of the probe.
# Versions: rustc 1.95, serde 1.0.229; seen on 2026-11-27.
# Matters:  a macro that probes for a trait gives users an error about lifetimes that they did not write. It has to
#           find references in the tokens.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "probe"
version = "0.0.0"
edition = "2024"
[workspace]
[dependencies]
serde = "=1.0.229"
TOML
program() {
    cat >src/main.rs <<RUST
#![allow(dead_code)]
use std::marker::PhantomData;
use serde::de::DeserializeOwned;

struct Probe<T>(PhantomData<T>);
trait Fallback { const OWNED: bool = false; }
impl<T> Fallback for Probe<T> {}
impl<T: DeserializeOwned> Probe<T> { const OWNED: bool = true; }

struct Opaque;

fn main() { println!("{}", Probe::<$1>::OWNED); }
RUST
    CARGO_TERM_COLOR=never RUST_BACKTRACE=0 cargo run --quiet 2>&1 | head -6 || true
}

owned=$(program String)
opaque=$(program Opaque)
borrowed=$(program "&'static str")
printf 'String: %s\nOpaque: %s\n&str:   %s\n' "$owned" "$opaque" "$borrowed"
[[ $owned == true ]] || { echo "changed: String is not owned" >&2; exit 1; }
[[ $opaque == false ]] || { echo "changed: a type without Deserialize" >&2; exit 1; }
[[ $borrowed == *"not general enough"* ]] || { echo "changed: rustc selects the fallback for &str" >&2; exit 1; }
