#!/usr/bin/env bash
# Signs in at a real authorization server and calls the example `secured`, as MCP clients do.
#
# The authorization server is npm's oidc-provider (examples/secured/issuer.mjs). The clients are Python's `mcp`,
# TypeScript's `@modelcontextprotocol/client` and Rust's `rmcp`, which find the server, register, sign in with PKCE and call
# tools without help. Installs all of them into target/authorization.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "authorization.sh: $*" >&2; exit 1; }
for tool in npm node python3; do
    command -v "$tool" >/dev/null || fail "$tool is missing: install it, then run this again"
done

PROVIDER=9.13.3
TYPESCRIPT=2.4.0
PYTHON=2.3.0
home=$PWD/target/authorization
versions="$PROVIDER $TYPESCRIPT $PYTHON"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$versions" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    echo '{ "private": true }' >"$home/package.json"
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "oidc-provider@$PROVIDER" "@modelcontextprotocol/client@$TYPESCRIPT" >"$home/npm.log" 2>&1 ||
        { cat "$home/npm.log" >&2; fail "the npm packages could not be installed"; }
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$home/python" \
        "mcp==$PYTHON" >"$home/pip.log" 2>&1 || { cat "$home/pip.log" >&2; fail "mcp could not be installed"; }
    echo "$versions" >"$home/installed"
fi
# Modules of Node are found beside the program.
cp examples/secured/issuer.mjs scripts/authorization/client.mjs "$home"

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin secured
# With its own dependencies and features, so that the workspace does not have those of rmcp's client.
CARGO_TARGET_DIR=$home/rust cargo build --quiet --manifest-path scripts/authorization/rust/Cargo.toml ||
    fail "the client in Rust could not be built"
free_port() {
    node -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => {
        console.log(server.address().port); server.close(); })'
}
issuer=http://127.0.0.1:$(free_port)
address=127.0.0.1:$(free_port)
url=http://$address/mcp
node "$home/issuer.mjs" "${issuer##*:}" >"$home/issuer.log" 2>&1 &
processes=$!
trap 'kill $processes 2>/dev/null || true' EXIT
SECURED_ISSUER=$issuer "${CARGO_TARGET_DIR:-target}/debug/secured" "$address" 2>"$home/secured.log" &
processes="$processes $!"
for at in "$issuer/jwks" "http://$address/.well-known/oauth-protected-resource"; do
    for _ in $(seq 300); do
        curl --silent --fail --output /dev/null "$at" && continue 2
        sleep 0.1
    done
    cat "$home"/*.log >&2
    fail "$at does not answer"
done

expect() {
    local what=$1 expected=$2 output=$3
    grep --quiet --fixed-strings -- "$expected" <<<"$output" ||
        { cat "$home/secured.log" >&2; fail "$what: expected \`$expected\`, got: $output"; }
}
for client in "env PYTHONPATH=$home/python python3 scripts/authorization/client.py" "node $home/client.mjs" \
    "$home/rust/debug/authorization-client"; do
    echo "== ${client##*/}"
    output=$($client "$url" 2>&1) || { cat "$home/secured.log" >&2; fail "$client: $output"; }
    echo "$output"
    expect "$client" "ada with the scopes: orders:read orders:write" "$output"
    expect "$client" "1003: tea" "$output"
done

token() {
    curl --silent --user cron:cron-secret --data "grant_type=client_credentials&scope=$1&resource=$url" "$issuer/token" |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["access_token"])'
}
call() {
    curl --silent --include "$url" --header "Authorization: Bearer $1" --header 'Content-Type: application/json' \
        --header 'Accept: application/json, text/event-stream' --header 'MCP-Protocol-Version: 2026-07-28' \
        --header 'Mcp-Method: tools/call' --header "Mcp-Name: $2" --data '{"jsonrpc":"2.0","id":1,"method":"tools/call",
        "params":{"name":"'"$2"'","arguments":'"$3"',"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",
        "io.modelcontextprotocol/clientCapabilities":{}}}}'
}
echo "== client credentials"
reader=$(token orders:read)
expect "a reader reads" "1001" "$(call "$reader" read_orders '{}')"
expect "a reader writes" 'error="insufficient_scope", scope="orders:write"' "$(call "$reader" write_order '{"item":"tea"}')"
echo "== a new key"
curl --silent --request POST "$issuer/rotate"
expect "a token of the new key" "1001" "$(call "$(token orders:read)" read_orders '{}')"
expect "a token of the old key" 'error="invalid_token"' "$(call "$reader" read_orders '{}')"
for secret in "$reader"; do
    ! grep --quiet --fixed-strings -- "$secret" "$home/secured.log" || fail "a token is in the log"
done
echo "authorization: ok"
