#!/usr/bin/env bash
# The official TypeScript client refuses every skill of a server because of one number in the metadata of one skill.
#
# Guess:    an entry of `skills/list` that the client does not accept is left out, and the others are returned; and
#           `version: 1.0`, as many skills have it, is accepted.
# Seen:     `SkillsClient.list()` throws, and returns none of the two skills. Only with `skipInvalid` does it return the
#           valid one.
# Versions: npm @modelcontextprotocol/client 2.4.0; seen on 2026-11-28.
# Matters:  one author who writes `version: 1.0` without quotes takes the skills of all others away from hosts. A server
#           should refuse such a frontmatter when it starts.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
echo '{ "private": true }' >package.json
npm install --no-audit --no-fund --no-progress --loglevel=error \
    @modelcontextprotocol/client@2.4.0 node@22 >npm.log 2>&1 || { cat npm.log >&2; exit 1; }

cat >finding.mjs <<'JS'
import { createServer } from 'node:http';
import { once } from 'node:events';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { SkillsClient } from '@modelcontextprotocol/client/ext/skills';

const digest = `sha256:${'0'.repeat(64)}`;
const skill = (name, metadata) => {
    const uri = `skill://${name}/SKILL.md`;
    return { uri, frontmatter: { name, description: name, metadata }, resources: [{ uri, digest, size: 1 }] };
};
const cache = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
const answers = {
    'server/discover': { supportedVersions: ['2026-07-28'], serverInfo: { name: 'two', version: '1' },
        capabilities: { resources: {}, extensions: { 'io.modelcontextprotocol/skills': {} } }, ...cache },
    'skills/list': { skills: [skill('refunds', { version: '1.0' }), skill('shipping', { version: 1.0 })], ...cache },
};
const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
        const { id, method } = JSON.parse(body || '{}');
        if (id === undefined) return response.writeHead(202).end();
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result: answers[method] ?? {} }));
    });
}).listen(0, '127.0.0.1');
await once(server, 'listening');
const url = new URL(`http://127.0.0.1:${server.address().port}/mcp`);
for (const options of [undefined, { skipInvalid: true }]) {
    const client = new Client({ name: 'finding', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(url));
    const skills = new SkillsClient(client, options);
    const names = await skills.list().then(
        ({ skills }) => skills.map((it) => it.frontmatter.name).join(' '),
        (error) => (/metadata/.test(error.message) ? 'an error about metadata' : error.message),
    );
    console.log(options ? `skipInvalid: ${names}` : `default: ${names}`);
    await client.close();
}
server.closeAllConnections();
server.close();
JS
cat >expected <<'TEXT'
default: an error about metadata
skipInvalid: refunds
TEXT

node_modules/node/bin/node finding.mjs >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
