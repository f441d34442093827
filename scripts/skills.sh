#!/usr/bin/env bash
# Lets the official conformance suite and the official TypeScript client walk the skills of the example `skills`.
#
# scripts/skills.sh [DIRECTORY], by default examples/skills. Installs both from npm into target/skills.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "skills.sh: $*" >&2; exit 1; }
command -v npm >/dev/null || fail "npm is missing: install Node.js with npm, then run this again"

SUITE=0.2.0-alpha.12
CLIENT=2.4.0
directory=${1:-examples/skills}
home=$PWD/target/skills
index=$home/node_modules/@modelcontextprotocol/conformance/dist/index.js
node=$home/node_modules/node/bin/node
versions="$SUITE $CLIENT"
if [[ "$(cat "$home/installed" 2>/dev/null)" != "$versions" || ! -x $node ]]; then
    rm -rf "$home"
    mkdir -p "$home"
    echo '{ "private": true }' >"$home/package.json"
    # The suite requires Node 22 or newer; the npm package `node` contains it.
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "@modelcontextprotocol/conformance@$SUITE" "@modelcontextprotocol/client@$CLIENT" node@22 \
        >"$home/npm.log" 2>&1 || { cat "$home/npm.log" >&2; fail "the npm packages could not be installed"; }
    echo "$versions" >"$home/installed"
fi
# Modules of Node are found beside the program.
cp scripts/skills/judge.mjs "$home"

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin skills
program=${CARGO_TARGET_DIR:-target}/debug/skills
data=$(mktemp -d)
server=
cleanup() {
    [[ -z $server ]] || { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; }
    rm -rf "$data"
}
trap cleanup EXIT

port=$("$node" -e 'const server = require("net").createServer().listen(0, "127.0.0.1", () => {
    console.log(server.address().port); server.close(); })')
FASTMCP_LOG_LEVEL=${FASTMCP_LOG_LEVEL:-off} "$program" "127.0.0.1:$port" "$directory" &
server=$!
for _ in $(seq 100); do
    kill -0 "$server" 2>/dev/null || fail "the server did not start"
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && break
    sleep 0.1
done
url=http://127.0.0.1:$port/mcp

# With `--spec-version`, the suite skips these scenarios, and its exit code is 0. So the checks are counted.
for scenario in enumeration manifest directory; do
    log=$data/$scenario.log
    "$node" "$index" server --url "$url" --scenario "sep-2640-skills-$scenario" >"$log" 2>&1 || true
    result=$(grep -o 'Passed: .*' "$log" || echo "no result")
    echo "conformance $scenario: $result"
    [[ $result =~ ^Passed:\ ([1-9][0-9]*)/([0-9]+),\ 0\ failed,\ 0\ warnings ]] &&
        [[ ${BASH_REMATCH[1]} == "${BASH_REMATCH[2]}" ]] || { cat "$log" >&2; fail "$scenario did not pass"; }
done

"$node" "$home/judge.mjs" "$url"

# A mistake is an error at the start that names the file and the line.
refuse() {
    local expected=$1 output
    if output=$("$program" 127.0.0.1:0 "$data/bad" 2>&1); then
        fail "the server started with $expected"
    fi
    [[ $output == *"$expected"* ]] || fail "expected: $expected, got: $output"
    rm -rf "$data/bad"
}
mkdir -p "$data/bad/one"
refuse "no skill found"
mkdir -p "$data/bad/one"
printf -- '---\nname: one\ndescription: d\nmetadata:\n  version: 1.0\n---\n' >"$data/bad/one/SKILL.md"
refuse 'one/SKILL.md:5: `metadata.version` is a number'
mkdir -p "$data/bad/one"
printf -- '---\nname: other\ndescription: d\n---\n' >"$data/bad/one/SKILL.md"
refuse 'one/SKILL.md:2: the skill is named `other`'
mkdir -p "$data/bad/one"
printf -- '---\nname: one\ndescription: d\n---\n' >"$data/bad/one/SKILL.md"
ln -s /etc/hostname "$data/bad/one/host"
refuse "the symbolic link leads out"
mkdir -p "$data/bad/one"
printf -- '---\nname: one\ndescription: d\n---\n' >"$data/bad/one/SKILL.md"
head -c 16777216 /dev/zero >"$data/bad/one/large"
refuse "16 MiB"
echo "skills: ok"
