#!/usr/bin/env bash
# Checks the packages that a server writes of itself (`install mcpb`, `npm`, `server-json`) with the tools of their formats:
# npm's `@anthropic-ai/mcpb` validates and unpacks the bundle, npm installs the packages, and the schema of the MCP registry,
# from PyPI's `skillsaw`, validates the entry. Installs them into target/server-packages.
set -euo pipefail
cd "$(dirname "$0")/.."
source scripts/toolchain.sh

fail() { echo "server_packages.sh: $*" >&2; exit 1; }
for tool in npm node python3; do
    command -v "$tool" >/dev/null || fail "$tool is missing: install it, then run this again"
done

MCPB=2.1.2
SKILLSAW=0.22.0
JSONSCHEMA=4.26.0
home=$PWD/target/server-packages
versions="$MCPB $SKILLSAW $JSONSCHEMA"
if [ "$(cat "$home/installed" 2>/dev/null)" != "$versions" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    echo '{ "private": true }' >"$home/package.json"
    npm install --prefix "$home" --no-audit --no-fund --no-progress --loglevel=error \
        "@anthropic-ai/mcpb@$MCPB" >"$home/npm.log" 2>&1 ||
        { cat "$home/npm.log" >&2; fail "the npm package could not be installed"; }
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action ignore --target "$home/python" \
        "skillsaw==$SKILLSAW" "jsonschema==$JSONSCHEMA" >"$home/pip.log" 2>&1 ||
        { cat "$home/pip.log" >&2; fail "skillsaw could not be installed"; }
    echo "$versions" >"$home/installed"
fi

${EXAMPLES_BUILD:-cargo build --quiet --package fastmcp-examples} --bin quickstart
program=$(realpath "${CARGO_TARGET_DIR:-target}/debug/quickstart")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The debug information makes no difference here, and takes a minute to compress.
cp "$program" "$work/quickstart"
strip "$work/quickstart" 2>/dev/null || true
cd "$work"

./quickstart install mcpb --author "Ada Lovelace" --ask API_KEY --env MODE=test
node "$home/node_modules/@anthropic-ai/mcpb/dist/cli/cli.js" unpack quickstart.mcpb unpacked
node "$home/node_modules/@anthropic-ai/mcpb/dist/cli/cli.js" validate unpacked/manifest.json
[ "$(./unpacked/server/quickstart --version)" = "$(./quickstart --version)" ] || fail "the bundle has another program"

./quickstart install npm --package @ada/quickstart --registry-name io.github.ada/quickstart
mkdir use
for package in npm/@ada/*/; do
    npm pack --silent --pack-destination use "./$package" >/dev/null
done
cd use
echo '{ "private": true }' >package.json
# The platform's package is not in the registry, so it is installed from its file.
npm install --omit=optional --no-audit --no-fund --silent ./*.tgz
[ "$(npx quickstart list | head -1)" = "$(../quickstart list | head -1)" ] || fail "the launcher starts another program"
code=0
npx quickstart call analyze_data path=/nowhere query=x 2>/dev/null || code=$?
[ "$code" = 1 ] || fail "the launcher ended with $code and not with the exit code of the program"
cd ..

./quickstart install server-json --name io.github.ada/quickstart --npm @ada/quickstart --ask API_KEY \
    --mcpb https://example.com/quickstart.mcpb --mcpb-file quickstart.mcpb --remote https://example.com/mcp \
    --repository https://github.com/ada/quickstart
PYTHONPATH=$home/python python3 - "$home" <<'PYTHON'
import json, pathlib, sys
import jsonschema

entry = json.load(open("server.json"))
version = entry["$schema"].split("/")[-2].replace("-", "_")
schema = pathlib.Path(sys.argv[1], "python/skillsaw/schemas/mcp_registry", f"v{version}", "server.schema.json")
jsonschema.validate(entry, json.loads(schema.read_text()))
entry["description"] = "x" * 101
try:
    jsonschema.validate(entry, json.loads(schema.read_text()))
except jsonschema.ValidationError:
    pass
else:
    sys.exit("the schema accepts everything")
PYTHON
echo "packages of servers: mcpb $MCPB, npm and the registry accept them"
