#!/usr/bin/env bash
# The W3C propagator of OpenTelemetry for Rust accepts a `traceparent` whose flags have one digit instead of two.
#
# Guess:    W3C Trace Context defines `trace-flags` as two lowercase hexadecimal digits, and the header has exactly 55
#           characters in version 00. The propagator refuses anything else, and the request starts a trace of its own.
# Seen:     the length of the IDs is checked, that of the flags is not: `00-…-…-1` continues the trace of the sender. A
#           trace ID with 31 digits is refused as expected.
# Versions: opentelemetry_sdk 0.33.1; seen on 2026-11-28.
# Matters:  a server that checks the header itself and one that leaves it to the SDK disagree about the parent of the same
#           request, so a trace breaks between them.
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
[dependencies]
opentelemetry = { version = "=0.33.1", default-features = false, features = ["trace"] }
opentelemetry_sdk = { version = "=0.33.1", default-features = false, features = ["trace"] }
[workspace]
TOML
cat >src/main.rs <<'RUST'
use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn main() {
    let accepts = |header: String| {
        let headers = HashMap::from([("traceparent".to_owned(), header)]);
        let context = TraceContextPropagator::new().extract(&headers);
        context.span().span_context().is_valid()
    };
    let two = accepts(format!("00-{TRACE}-{SPAN}-01"));
    let one = accepts(format!("00-{TRACE}-{SPAN}-1"));
    let short = accepts(format!("00-{}-{SPAN}-01", &TRACE[1..]));
    println!("flags of two digits: {two}, of one digit: {one}; a trace ID of 31 digits: {short}");
    assert_eq!((two, one, short), (true, true, false), "the behaviour has changed");
}
RUST
CARGO_TARGET_DIR="$directory/target" cargo run --quiet
