#!/usr/bin/env bash
# oidc-provider asks for consent again and again if a granted scope of a resource is also in its own list of scopes.
#
# Guess:    a grant with the resource's scopes completes the request: the scopes belong to the resource indicator.
# Seen:     a scope that is listed in `scopes` counts as one of OpenID Connect too, and stays missing until the grant
#           has it twice. Without the list, one consent is enough.
# Versions: oidc-provider 9.13.3, Node 20; seen on 2026-11-27.
# Matters:  an MCP server's scopes seem to belong into `scopes`, because clients read `scopes_supported`; then the
#           sign-in of every client ends in a loop of redirects.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund oidc-provider@9.13.3
cat >run.mjs <<'JS'
import http from 'node:http';
import { Provider } from 'oidc-provider';

const RESOURCE = 'https://stock.example/api';
async function consents(scopes) {
  let provider;
  const server = http.createServer((request, response) => provider.callback()(request, response));
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const origin = `http://127.0.0.1:${server.address().port}`;
  provider = new Provider(origin, {
    clients: [{ client_id: 'shop', token_endpoint_auth_method: 'none', redirect_uris: ['https://shop.example/back'] }],
    scopes,
    cookies: { keys: ['k'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: true, getResourceServerInfo: () => ({ scope: 'stock:read', accessTokenFormat: 'jwt' }) },
    },
  });
  let asked = 0;
  let missing;
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    const { prompt, params, session } = await provider.interactionDetails(context.req, context.res);
    if (prompt.name === 'login') {
      return provider.interactionFinished(context.req, context.res, { login: { accountId: 'lin' } });
    }
    asked += 1;
    missing = Object.keys(prompt.details);
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid');
    grant.addResourceScope(RESOURCE, 'stock:read');
    return provider.interactionFinished(context.req, context.res, { consent: { grantId: await grant.save() } });
  });
  const query = new URLSearchParams({
    client_id: 'shop', response_type: 'code', redirect_uri: 'https://shop.example/back', resource: RESOURCE,
    scope: 'openid stock:read', code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256',
  });
  const cookies = new Map();
  let at = `${origin}/auth?${query}`;
  while (at.startsWith(origin) && asked < 5) {
    const response = await fetch(at, { redirect: 'manual', headers: { cookie: [...cookies].map((it) => it.join('=')).join('; ') } });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split('=');
      cookies.set(name, value);
    }
    at = String(new URL(response.headers.get('location'), at));
  }
  server.close();
  server.closeAllConnections();
  return at.startsWith(origin) ? `asked 5 times, still missing: ${missing}` : `asked ${asked} time`;
}
console.log('not listed:', await consents(['openid']));
console.log('listed:', await consents(['openid', 'stock:read']));
JS
cat >expected <<'TEXT'
not listed: asked 1 time
listed: asked 5 times, still missing: missingOIDCScope
TEXT

node run.mjs 2>/dev/null | grep '^\(not \)\?listed' >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
