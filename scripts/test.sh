#!/usr/bin/env bash
# Checks everything that a change must keep: format, lints, documentation, tests. Installs what is
# missing, or says what it could not.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '\n== %s\n' "$*"; }

if ! command -v cargo >/dev/null; then
    echo "cargo is missing: install Rust with https://rustup.rs, then run this again" >&2
    exit 1
fi
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 ||
        rustup component add "$component" ||
        { echo "$component is missing and could not be installed" >&2; exit 1; }
done

# Dockets in Redis are tested against servers of the tests' own, on free ports.
if ! command -v redis-server >/dev/null && ! command -v valkey-server >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null &&
        { apt-get update && apt-get install -y --no-install-recommends redis-server; } >/dev/null 2>&1; then
        echo "redis-server was installed"
    else
        echo "redis-server is missing and could not be installed: the tests of dockets in Redis will not run" >&2
    fi
fi
# Where it is there, a test of it that does not run is a failure.
if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then
    export FASTMCP_TEST_REDIS=required
fi

# One message a test that fails, not a page.
export RUST_BACKTRACE=${RUST_BACKTRACE_IN_TESTS:-0}

say "format"
cargo fmt --all --check

say "lints"
cargo clippy --workspace --all-targets --all-features --quiet -- -D warnings

say "every feature alone"
for features in "" stdio http client redis; do
    cargo clippy --package fastmcp --no-default-features --features "$features" --quiet -- -D warnings
done

say "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps --quiet

say "the quickstart"
cargo run --quiet --package fastmcp-examples --bin quickstart -- demo >/dev/null

say "conformance"
if ! command -v npm >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update && apt-get install -y --no-install-recommends npm; } >/dev/null 2>&1 || true
fi
if command -v npm >/dev/null; then
    bash scripts/conformance.sh
else
    echo "npm is missing and could not be installed: the protocol's official suite did not run" >&2
fi

say "tests"
cargo test --workspace --all-features
