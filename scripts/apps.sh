#!/usr/bin/env bash
# Lets hosts of others read the tools and the page of the example `apps`.
#
# scripts/apps.sh
#
# The readers are npm's `@ai-sdk/mcp` and `@modelcontextprotocol/ext-apps`; the schema of the latter judges `_meta.ui`.
# Installs both into target/apps.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "apps.sh: $*" >&2; exit 1; }
for tool in npm node; do
    command -v "$tool" >/dev/null || fail "$tool is missing: install it, then run this again"
done

AI_SDK=2.0.99
EXT_APPS=2.0.4
AJV=8.17.1
home=$PWD/target/apps
versions="$AI_SDK $EXT_APPS $AJV"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$versions" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    echo '{ "private": true }' >"$home/package.json"
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "@ai-sdk/mcp@$AI_SDK" "@modelcontextprotocol/ext-apps@$EXT_APPS" "ajv@$AJV" >"$home/npm.log" 2>&1 ||
        { cat "$home/npm.log" >&2; fail "the npm packages could not be installed"; }
    echo "$versions" >"$home/installed"
fi
# Modules of Node are found beside the program.
cp scripts/apps/judge.mjs "$home"

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin apps
node "$home/judge.mjs" "${CARGO_TARGET_DIR:-target}/debug/apps"
echo "apps: ok"
