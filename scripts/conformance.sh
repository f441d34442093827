#!/usr/bin/env bash
# Runs the protocol's official conformance suite against examples/src/bin/conformance, a server, and
# examples/src/bin/conformance_client.
#
#   scripts/conformance.sh                 runs every scenario, prints a table and fails if too few pass
#   scripts/conformance.sh SCENARIO...     runs these scenarios of servers and prints every check
#   scripts/conformance.sh --client        runs the scenarios of clients, and fails if one does not pass
#
# Installs the suite and Node from npm into target/conformance, where the suite's output is kept as well.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

SUITE=0.2.0-alpha.12
# A scenario that the suite has not implemented yet, so it is always skipped.
STUB=tasks-status-notifications
home=$PWD/target/conformance
mkdir -p "$home"

if ! command -v npm >/dev/null; then
    echo "npm is missing: install Node.js with npm, then run this again" >&2
    exit 1
fi
index=$home/node_modules/@modelcontextprotocol/conformance/dist/index.js
node=$home/node_modules/node/bin/node
if [[ "$(cat "$home/installed" 2>/dev/null)" != "$SUITE" || ! -x $node ]]; then
    echo "installing the conformance suite $SUITE"
    echo '{ "private": true }' >"$home/package.json"
    # The suite requires Node 22 or newer; the npm package `node` contains it.
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "@modelcontextprotocol/conformance@$SUITE" node@22 >"$home/install.log" 2>&1 ||
        { cat "$home/install.log" >&2; echo "the conformance suite could not be installed" >&2; exit 1; }
    echo "$SUITE" >"$home/installed"
fi

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin conformance --bin conformance_client

# The scenarios of clients, with their revision, that need no OAuth and no extension. Those of `auth/` test a client that
# logs in itself, and here a token provider does that. Those of `sep-2640` test clients of the skills extension.
CLIENT_SCENARIOS=(
    "initialize 2025-11-25"
    "tools_call 2025-11-25"
    "elicitation-sep1034-client-defaults 2025-11-25"
    "sse-retry 2025-11-25"
    "json-schema-2020-12-preservation 2025-11-25"
    "tools_call 2026-07-28"
    "json-schema-2020-12-preservation 2026-07-28"
    "request-metadata 2026-07-28"
    "sep-2322-client-request-state 2026-07-28"
    "http-standard-headers 2026-07-28"
    "http-custom-headers 2026-07-28"
    "http-invalid-tool-headers 2026-07-28"
    "json-schema-ref-no-deref 2026-07-28"
)
client_scenarios() {
    local program=${CARGO_TARGET_DIR:-$PWD/target}/debug/conformance_client failed=0 scenario revision log result
    for line in "${CLIENT_SCENARIOS[@]}"; do
        read -r scenario revision <<<"$line"
        log=$home/client-$scenario-$revision.log
        "$node" "$index" client --command "$program" --scenario "$scenario" --spec-version "$revision" >"$log" 2>&1 ||
            true
        # "Passed: 8/8, 0 failed, 0 warnings". A scenario that checks nothing has passed nothing.
        result=$(grep -o 'Passed: .*' "$log" || echo "no result, see $log")
        printf '%-46s %-12s %s\n' "$scenario" "$revision" "$result"
        [[ $result =~ ^Passed:\ [1-9][0-9]*/[0-9]+,\ 0\ failed,\ 0\ warnings ]] || failed=1
    done
    return "$failed"
}
if [[ ${1:-} == --client ]]; then
    client_scenarios
    exit
fi

port=$("$node" -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port); server.close(); })')
FASTMCP_LOG_LEVEL=${FASTMCP_LOG_LEVEL:-off} \
    "${CARGO_TARGET_DIR:-target}/debug/conformance" "127.0.0.1:$port" &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true' EXIT
for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || { echo "the server did not start" >&2; exit 1; }
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done

suite() { "$node" "$index" server --url "http://127.0.0.1:$port/mcp" "$@"; }

if (($#)); then
    failed=0
    for scenario; do
        suite --scenario "$scenario" || failed=1
    done
    exit "$failed"
fi

clients=0
client_scenarios || clients=1
echo

# The suite exits with an error if any scenario fails; the table below decides which failures count.
for revision in 2025-11-25 2026-07-28; do
    suite --requirements "$revision" >"$home/$revision.log" 2>&1 || true
done

# For each revision, the suite prints "✓ NAME: P passed, F failed", then the scenarios that do not count
# towards the score as "  ✓ NAME (reason)".
awk -v stub="$STUB" '
    FNR == 1 { revision = FILENAME; sub(/.*\//, "", revision); sub(/\.log$/, "", revision) }
    ($1 == "✓" || $1 == "✗") && / [0-9]+ passed, [0-9]+ failed/ {
        name = $2; sub(/:$/, "", name)
        if (!(name in seen)) { seen[name] = 1; order[++count] = name }
        passed[name, revision] = $3; failed[name, revision] = $5; ran[name, revision] = 1
    }
    ($1 == "✓" || $1 == "✗") && /^  .* \(.*\)$/ { unscored[$2, revision] = 1 }
    function cell(name, revision) {
        if (!((name, revision) in ran)) return "-"
        if (failed[name, revision] + 0) return "FAILED " failed[name, revision] " of " failed[name, revision] + passed[name, revision]
        if (!(passed[name, revision] + 0)) return "skipped"
        return "passed " passed[name, revision]
    }
    function tally(label, revision, group, least,   i, name, good, all, bad) {
        for (i = 1; i <= count; i++) {
            name = order[i]
            if (!((name, revision) in ran)) continue
            if (group == "tasks" ? name !~ /^tasks-/ : name ~ /^tasks-/) continue
            if (group == "scored" && (name, revision) in unscored) continue
            if (group == "other" && !((name, revision) in unscored)) continue
            all++
            if (cell(name, revision) ~ /^passed/) good++
            else bad = bad " " name (name == stub ? " (not implemented by the suite)" : "")
        }
        printf "%-44s %d of %d%s\n", label, good, all, bad ? ", not:" bad : ""
        if (good < least) { printf "  expected at least %d\n", least; regressed = 1 }
    }
    END {
        printf "%-46s %-16s %s\n", "scenario", "2025-11-25", "2026-07-28"
        for (i = 1; i <= count; i++)
            printf "%-46s %-16s %s\n", order[i], cell(order[i], "2025-11-25"), cell(order[i], "2026-07-28")
        print ""
        tally("scored for 2025-11-25", "2025-11-25", "scored", 30)
        tally("scored for 2026-07-28", "2026-07-28", "scored", 37)
        tally("tasks extension", "2026-07-28", "tasks", 9)
        tally("not scored yet, 2025-11-25", "2025-11-25", "other", 3)
        tally("not scored yet, 2026-07-28", "2026-07-28", "other", 3)
        exit regressed
    }
' "$home/2025-11-25.log" "$home/2026-07-28.log"
((clients == 0)) || { echo "a scenario of clients does not pass" >&2; exit 1; }
