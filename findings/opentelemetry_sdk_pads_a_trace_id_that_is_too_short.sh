#!/usr/bin/env bash
# The W3C propagator of OpenTelemetry for Rust accepts a trace ID with 31 digits, and continues another trace.
#
# Guess:    W3C Trace Context fixes the lengths: 32 digits of the trace ID, 16 of the parent ID and 2 of the flags. The
#           propagator refuses anything else, and the request starts a trace of its own.
# Seen:     no length is checked. A trace ID that lacks its first digit is read as a number, so it gets a leading zero and
#           the request belongs to a trace that nobody has started. Flags of one digit are accepted as well.
# Versions: opentelemetry_sdk 0.33.1; seen on 2026-11-28.
# Matters:  a cut header does not start a new trace but hides the request in a wrong one; a server has to check the length
#           before it passes the header on.
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
    let trace_of = |header: String| {
        let headers = HashMap::from([("traceparent".to_owned(), header)]);
        let context = TraceContextPropagator::new().extract(&headers);
        let span = context.span().span_context().clone();
        span.is_valid().then(|| span.trace_id().to_string())
    };
    let complete = trace_of(format!("00-{TRACE}-{SPAN}-01"));
    let cut = trace_of(format!("00-{}-{SPAN}-01", &TRACE[1..]));
    let flags = trace_of(format!("00-{TRACE}-{SPAN}-1"));
    println!("complete: {complete:?}\nwithout its first digit: {cut:?}\nwith one digit of flags: {flags:?}");
    assert_eq!(complete.as_deref(), Some(TRACE));
    assert_eq!(cut, Some(format!("0{}", &TRACE[1..])), "the behaviour has changed");
    assert_eq!(flags.as_deref(), Some(TRACE), "the behaviour has changed");
}
RUST
CARGO_TARGET_DIR="$directory/target" cargo run --quiet
