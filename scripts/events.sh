#!/usr/bin/env bash
# Lets clients of others subscribe to the events of the example `events`.
#
# scripts/events.sh [DOCKET_URL], by default a file.
#
# The client and the receiver are npm's `@ai-sdk/mcp`, and `standardwebhooks` verifies the signatures. The receiver and
# the server are killed in between. Installs both into target/events.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "events.sh: $*" >&2; exit 1; }
for tool in npm node; do
    command -v "$tool" >/dev/null || fail "$tool is missing: install it, then run this again"
done

AI_SDK=2.0.99
STANDARD_WEBHOOKS=1.1.1
home=$PWD/target/events
versions="$AI_SDK $STANDARD_WEBHOOKS"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$versions" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    echo '{ "private": true }' >"$home/package.json"
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "@ai-sdk/mcp@$AI_SDK" "standardwebhooks@$STANDARD_WEBHOOKS" >"$home/npm.log" 2>&1 ||
        { cat "$home/npm.log" >&2; fail "the npm packages could not be installed"; }
    echo "$versions" >"$home/installed"
fi
# Modules of Node are found beside the program.
cp scripts/events/judge.mjs "$home"

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin events
data=$(mktemp -d)
trap 'rm -rf "$data"' EXIT
node "$home/judge.mjs" "${CARGO_TARGET_DIR:-target}/debug/events" "${1:-sqlite://$data/events.db}"
echo "events: ok"
