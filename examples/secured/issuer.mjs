// An authorization server on this machine, for the example `secured` and for tests: it signs everybody in as `ada`.
//
//   node issuer.mjs PORT
//
// It has discovery, dynamic registration, authorization codes with PKCE and client credentials, and issues signed
// tokens (JWT) for any resource. `POST /rotate` replaces its key.
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import http from 'node:http';
import { Provider } from 'oidc-provider';

const port = Number(process.argv[2] ?? 9000);
const issuer = `http://127.0.0.1:${port}`;
const scopes = 'orders:read orders:write';

const newKey = () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig', kid: randomUUID() };
};

// A provider keeps its keys for its life, so a new key needs a new provider.
const create = (keys) => {
  const provider = new Provider(issuer, {
    clients: [{
      client_id: 'cron', client_secret: 'cron-secret', redirect_uris: [], response_types: [],
      grant_types: ['client_credentials'], scope: scopes,
    }],
    jwks: { keys },
    cookies: { keys: [randomUUID()] },
    scopes: ['openid', 'offline_access', ...scopes.split(' ')],
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      registration: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => 'http://127.0.0.1:8000/mcp',
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => ({
          scope: scopes, audience: resource, accessTokenFormat: 'jwt', accessTokenTTL: 600,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  });
  // A real server shows pages here; this one agrees to everything.
  provider.use(async (context, next) => {
    if (!context.path.startsWith('/interaction/')) return next();
    const { prompt, params, session } = await provider.interactionDetails(context.req, context.res);
    if (prompt.name === 'login') {
      return provider.interactionFinished(context.req, context.res, { login: { accountId: 'ada' } });
    }
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope ?? 'openid');
    for (const resource of [params.resource].flat().filter(Boolean)) {
      grant.addResourceScope(resource, params.scope ?? '');
    }
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(context.req, context.res, { consent }, { mergeWithLastSubmission: true });
  });
  return provider.callback();
};

let keys = [newKey()];
let handle = create(keys);
http.createServer((request, response) => {
  if (request.method === 'POST' && request.url === '/rotate') {
    keys = [newKey()];
    handle = create(keys);
    response.end('rotated\n');
    return;
  }
  handle(request, response);
}).listen(port, '127.0.0.1', () => console.log(`issuer ${issuer}`));
