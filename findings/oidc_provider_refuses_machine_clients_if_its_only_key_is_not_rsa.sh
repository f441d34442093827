#!/usr/bin/env bash
# oidc-provider refuses a client that only uses client credentials if the server has no RSA key.
#
# Guess:    a server with one ES256 key signs its access tokens with it; ID tokens do not matter to a client that
#           never gets one.
# Seen:     the default algorithm of the ID token, RS256, is checked for every client. The token endpoint answers
#           `invalid_client_metadata` until the client, or the default of all clients, names ES256.
# Versions: oidc-provider 9.13.3, Node 20; seen on 2026-11-27.
# Matters:  an authorization server for MCP with a modern key cannot register any client, and the error is about a
#           kind of token that MCP does not use.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund oidc-provider@9.13.3
cat >run.mjs <<'JS'
import { generateKeyPairSync } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const key = { ...privateKey.export({ format: 'jwk' }), alg: 'ES256', use: 'sig', kid: 'one' };
async function token(clientDefaults) {
  let provider;
  const server = http.createServer((request, response) => provider.callback()(request, response));
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(origin, {
    clients: [{
      client_id: 'nightly', client_secret: 'secret-of-nightly', grant_types: ['client_credentials'],
      redirect_uris: [], response_types: [],
    }],
    clientDefaults,
    jwks: { keys: [key] },
    features: { clientCredentials: { enabled: true } },
  });
  const answer = await fetch(`${origin}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa('nightly:secret-of-nightly')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  const { error, error_description: description, token_type: type } = await answer.json();
  server.close();
  server.closeAllConnections();
  return error ? `${error}: ${description}` : `a ${type} token`;
}
console.log('default:', await token({}));
console.log('named:', await token({ id_token_signed_response_alg: 'ES256' }));
JS
cat >expected <<'TEXT'
default: invalid_client_metadata: id_token_signed_response_alg must be 'ES256'
named: a Bearer token
TEXT

node run.mjs 2>/dev/null | grep '^\(default\|named\)' >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
