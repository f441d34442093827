#!/usr/bin/env bash
# The official conformance suite checks nothing, and succeeds, if its scenarios of skills get the revision that they need.
#
# Guess:    `--scenario sep-2640-skills-enumeration --spec-version 2026-07-28` runs the scenario for the revision that the
#           extension requires, as it does for other scenarios, and a scenario that did not run is no success.
# Seen:     the scenario is skipped without a request to the server, and the exit code is 0. Without the option, the same
#           server, which declares skills and does not know their methods, fails.
# Versions: npm @modelcontextprotocol/conformance 0.2.0-alpha.12, node 22; seen on 2026-11-28.
# Matters:  a check in CI that reads the exit code stays green for a server whose skills are broken. Count the checks.
set -euo pipefail

directory=$(mktemp -d)
server=
cleanup() {
    [[ -z $server ]] || kill "$server" 2>/dev/null || true
    rm -rf "$directory"
}
trap cleanup EXIT
cd "$directory"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --no-progress --loglevel=error \
    @modelcontextprotocol/conformance@0.2.0-alpha.12 node@22 >npm.log 2>&1 || { cat npm.log >&2; exit 1; }
node=$PWD/node_modules/node/bin/node
suite=$PWD/node_modules/@modelcontextprotocol/conformance/dist/index.js

# A server of revision 2026-07-28 that declares skills, and does not know their methods.
cat >server.mjs <<'JS'
import { createServer } from 'node:http';
let requests = 0;
createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
        if (request.url === '/requests') return response.end(String(requests));
        requests += 1;
        const { id, method } = JSON.parse(body || '{}');
        const answer = method === 'server/discover'
            ? { result: { resultType: 'complete', supportedVersions: ['2026-07-28'],
                capabilities: { resources: {}, extensions: { 'io.modelcontextprotocol/skills': {} } },
                serverInfo: { name: 'none', version: '1' }, ttlMs: 0, cacheScope: 'private' } }
            : { error: { code: -32601, message: 'unknown method' } };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id, ...answer }));
    });
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });
JS
"$node" server.mjs >port &
server=$!
for _ in $(seq 100); do [[ -s port ]] && break; sleep 0.1; done
url=http://127.0.0.1:$(cat port)
run() {
    local code=0
    "$node" "$suite" server --url "$url/mcp" --scenario sep-2640-skills-enumeration "$@" >log 2>&1 || code=$?
    echo "$code"
}
requests() { "$node" -e "fetch('$url/requests').then((it) => it.text()).then(console.log)"; }

with=$(run --spec-version 2026-07-28)
after=$(requests)
without=$(run)
echo "with --spec-version 2026-07-28: exit code $with, $after requests to the server"
echo "without it: exit code $without, $(($(requests) - after > 0)) (1 = some requests)"
if [[ $with != 0 || $after != 0 || $without == 0 ]]; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
