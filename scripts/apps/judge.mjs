// Reads the example `apps` as hosts do: with the helpers of npm's `@ai-sdk/mcp` and `@modelcontextprotocol/ext-apps`,
// and with the schema of the latter.
//
//     node judge.mjs PROGRAM
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createMCPClient, mcpAppClientCapabilities, readMCPAppResource, splitMCPAppTools,
} from '@ai-sdk/mcp';
import {
  getToolUiResourceUri, isToolVisibilityAppOnly, isToolVisibilityModelOnly,
} from '@modelcontextprotocol/ext-apps/app-bridge';
import Ajv2020 from 'ajv/dist/2020.js';

const schema = createRequire(import.meta.url)('@modelcontextprotocol/ext-apps/schema.json');
const ajv = new Ajv2020({ strict: false });
ajv.addSchema(schema, 'apps');
const check = (condition, text) => {
  if (!condition) throw new Error(text);
  console.log(`ok: ${text}`);
};
const same = (seen, expected, text) => {
  const [left, right] = [JSON.stringify(seen), JSON.stringify(expected)];
  check(left === right, `${text}: ${left}${left === right ? '' : `, expected ${right}`}`);
};
const valid = (name, value, text) => {
  const validate = ajv.getSchema(`apps#/$defs/${name}`);
  check(validate(value), `${text} fits ${name}${validate.errors ? `: ${ajv.errorsText(validate.errors)}` : ''}`);
};
// The schema requires nothing, so it must refuse a wrong name to be a judge.
const misspelt = ajv.getSchema('apps#/$defs/McpUiToolMeta');
check(!misspelt({ resourceURI: 'ui://x' }), 'the schema refuses a misspelt key');

const [program] = process.argv.slice(2);
const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const address = `127.0.0.1:${await freePort()}`;
const server = spawn(program, [address], { stdio: 'ignore' });
try {
  let client;
  for (let step = 0; !client; step += 1) {
    try {
      client = await createMCPClient({
        transport: { type: 'http', url: `http://${address}/mcp` },
        capabilities: mcpAppClientCapabilities,
      });
    } catch (error) {
      if (step === 200) throw error;
      await sleep(50);
    }
  }
  const definitions = await client.listTools();
  const tool = (name) => definitions.tools.find((it) => it.name === name);
  const names = (list) => list.tools.map((it) => it.name).sort();
  const uri = 'ui://board/view.html';
  same(getToolUiResourceUri(tool('show_board')), uri, 'the page for ext-apps');
  const { modelVisible, appVisible } = splitMCPAppTools(definitions);
  same(names(modelVisible), ['show_board'], 'the tools of the model');
  same(names(appVisible), ['show_board', 'vote'], 'the tools of the page');
  check(isToolVisibilityAppOnly(tool('vote')), 'vote is only for the page');
  check(!isToolVisibilityModelOnly(tool('show_board')), 'show_board is for both');
  for (const it of definitions.tools) valid('McpUiToolMeta', it._meta.ui, `_meta.ui of ${it.name}`);
  const page = await readMCPAppResource({ client, uri });
  same(page.mimeType, 'text/html;profile=mcp-app', 'the type of the page');
  check(page.html.startsWith('<!doctype html>'), 'the page is HTML');
  same(page.meta, { prefersBorder: true }, 'the options of the page');
  valid('McpUiResourceMeta', page.meta, '_meta.ui of the page');
  const { resources } = await client.listResources();
  const listed = resources.find((it) => it.uri === uri);
  valid('McpUiResourceMeta', listed._meta.ui, '_meta.ui of the listed page');
  await client.close();
} finally {
  server.kill();
}
