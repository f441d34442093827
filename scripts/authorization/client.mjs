// Signs in at the authorization server of a protected MCP server, as the TypeScript SDK does it, and calls tools.
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

const url = new URL(process.argv[2]);
const redirect = 'http://127.0.0.1:3030/callback';

class Provider {
  redirectUrl = redirect;
  clientMetadata = { client_name: 'test', redirect_uris: [redirect], token_endpoint_auth_method: 'none' };
  clientInformation() { return this.client; }
  saveClientInformation(client) { this.client = client; }
  tokens() { return this.saved; }
  saveTokens(tokens) { this.saved = tokens; }
  saveCodeVerifier(verifier) { this.verifier = verifier; }
  codeVerifier() { return this.verifier; }
  // The authorization server asks nothing, so that following its redirects is enough.
  async redirectToAuthorization(address) {
    let at = String(address);
    const cookies = new Map();
    while (!at.startsWith(redirect)) {
      const response = await fetch(at, { redirect: 'manual', headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') } });
      const location = response.headers.get('location');
      if (!location) throw new Error(`${at}: ${response.status} ${await response.text()}`);
      for (const cookie of response.headers.getSetCookie()) {
        cookies.set(...cookie.split(';')[0].split(/=(.*)/s).slice(0, 2));
      }
      at = String(new URL(location, at));
    }
    this.callback = new URL(at).searchParams;
  }
}

const provider = new Provider();
const connect = async () => {
  const transport = new StreamableHTTPClientTransport(url, { authProvider: provider });
  const client = new Client({ name: 'test', version: '1.0.0' });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError) || provider.saved) throw error;
    await transport.finishAuth(provider.callback);
    return connect();
  }
  return client;
};
const client = await connect();
console.log('tools:', (await client.listTools()).tools.map((tool) => tool.name));
for (const [name, args] of [['whoami', {}], ['write_order', { item: 'tea' }]]) {
  console.log(`${name}:`, (await client.callTool({ name, arguments: args })).content[0].text);
}
console.log('scope:', provider.saved.scope);
await client.close();
