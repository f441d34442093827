// Subscribes to the events of the example `events` with the AI SDK of Vercel, receives them with its webhook handler and
// with the library of Standard Webhooks, and kills the receiver and the server in between.
//
//     node judge.mjs PROGRAM DOCKET_URL
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMCPClient, experimental_createMCPEventWebhook } from '@ai-sdk/mcp';
import { Webhook } from 'standardwebhooks';

const [program, docketUrl] = process.argv.slice(2);
const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});
const check = (condition, text) => {
  if (!condition) throw new Error(text);
  console.log(`ok: ${text}`);
};
const until = async (condition, text, seconds = 60) => {
  for (let step = 0; step < seconds * 20; step += 1) {
    if (await condition()) return check(true, text);
    await sleep(50);
  }
  return check(false, text);
};

// The store of the client.
const records = new Map();
const find = (id) => [...records.values()].find((record) => record.id === id);
const store = {
  get: async (key) => records.get(key),
  getById: async (id) => find(id),
  set: async (record) => { records.set(record.key, record); },
  update: async (key, patch) => { records.set(key, { ...records.get(key), ...patch }); },
  delete: async (key) => { records.delete(key); },
};

// The receiver. `answers` are the next answers, before those of the handler: a status, or a function.
const attempts = [];
const delivered = [];
const errors = [];
let answers = [];
const handler = experimental_createMCPEventWebhook({
  store,
  onEvent: async (delivery) => { delivered.push(delivery.event ?? delivery); },
  onError: (error) => { errors.push(error); },
});
const receive = async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const message = JSON.parse(body);
  attempts.push({ headers: request.headers, body: body.toString(), message });
  if (message.type !== 'verification' && answers.length > 0) {
    const answer = answers.shift();
    if (typeof answer === 'function') return answer(response);
    response.writeHead(answer, { location: 'http://127.0.0.1:1/elsewhere' });
    return response.end('secret text of the receiver');
  }
  const url = `http://${request.headers.host}${request.url}`;
  const answer = await handler(new Request(url, { method: request.method, headers: request.headers, body }));
  response.writeHead(answer.status, Object.fromEntries(answer.headers));
  return response.end(Buffer.from(await answer.arrayBuffer()));
};
const receiverPort = await freePort();
let receiver;
const startReceiver = () => new Promise((resolve) => {
  receiver = createServer((request, response) => { receive(request, response).catch(() => response.destroy()); });
  receiver.listen(receiverPort, '127.0.0.1', resolve);
});
const killReceiver = () => new Promise((resolve) => {
  receiver.close(resolve);
  receiver.closeAllConnections();
});

// The server.
const address = `127.0.0.1:${await freePort()}`;
const url = `http://${address}/mcp`;
let log = '';
let server;
const startServer = async () => {
  server = spawn(program, [address], {
    env: {
      ...process.env,
      FASTMCP_EVENTS_ALLOW_LOOPBACK: '1',
      FASTMCP_DOCKET_URL: docketUrl,
      // In Redis, the work of a killed server is taken over after this time, in seconds.
      FASTMCP_DOCKET_REDELIVERY_TIMEOUT: '3',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  server.stderr.on('data', (data) => { log += data; });
  await until(() => fetch(url, { method: 'OPTIONS' }).then(() => true, () => false), 'the server listens');
};
const killServer = () => new Promise((resolve) => {
  server.once('exit', resolve);
  server.kill('SIGKILL');
});
let nextId = 0;
const request = async (method, params) => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
  };
  if (params.name) headers['mcp-name'] = params.name;
  nextId += 1;
  const body = JSON.stringify({ jsonrpc: '2.0', id: nextId, method, params: { ...params, _meta: meta } });
  const response = await fetch(url, { method: 'POST', headers, body });
  const text = await response.text();
  return JSON.parse(text.startsWith('{') ? text : text.split('\n').filter((line) => line.startsWith('data: {')).at(-1).slice(6));
};
const finish = async (repository, ok) => {
  const answer = await request('tools/call', { name: 'finish_build', arguments: { repository, ok } });
  const id = answer.result?.content?.[0]?.text;
  if (!id) throw new Error(JSON.stringify(answer));
  return id;
};
const received = (id) => delivered.filter((event) => event.eventId === id);
const sent = (id) => attempts.filter((attempt) => attempt.message.eventId === id);

await startReceiver();
await startServer();
const client = await createMCPClient({ transport: { type: 'http', url }, experimental_events: { store } });
const events = client.experimental_events;
const list = await events.list();
check(list.events[0].name === 'build.finished', 'the client finds the capability and the event');
const delivery = { mode: 'webhook', url: `http://127.0.0.1:${receiverPort}/hook`, allowInsecureLocalhost: true };
const subscription = await events.subscribe({ name: 'build.finished', arguments: { repository: 'ada/one' }, delivery });
check(attempts[0].message.type === 'verification', 'the callback is verified before the subscription');
const record = find(subscription.id);

const first = await finish('ada/one', true);
await until(() => received(first).length === 1, 'the client receives and verifies the event');
const [attempt] = sent(first);
new Webhook(record.delivery.secret).verify(attempt.body, attempt.headers);
check(true, 'the library of Standard Webhooks verifies it');
check(attempt.headers['webhook-id'] === first, 'webhook-id is the ID of the event');
check(attempt.message.data.repository === 'ada/one' && attempt.message.data.ok === true, 'the payload is complete');

const other = await finish('bob/two', true);
const second = await finish('ada/one', false);
await until(() => received(second).length === 1, 'a second event arrives');
check(sent(other).length === 0, 'the event of another repository does not');

answers = [500, 503];
const failing = await finish('ada/one', true);
await until(() => received(failing).length === 1, 'an event arrives after the answers 500 and 503');
const tries = sent(failing);
check(tries.length === 3 && new Set(tries.map((it) => it.body)).size === 1, 'three attempts with the same body');
check(new Set(tries.map((it) => it.headers['webhook-id'])).size === 1, 'and with the same ID');

for (const status of [410, 413]) {
  answers = [status];
  const refused = await finish('ada/one', true);
  await until(() => sent(refused).length === 1, `the answer is ${status}`);
  const next = await finish('ada/one', true);
  await until(() => received(next).length === 1, `the subscription is alive after ${status}`);
  await sleep(2500);
  check(sent(refused).length === 1, `no second attempt after ${status}`);
}

answers = [302];
const redirected = await finish('ada/one', true);
await until(() => received(redirected).length === 1, 'a redirect is not followed, and the event is sent again');

// An answer without an end, and one that never begins.
answers = [
  (response) => {
    response.writeHead(500);
    const write = () => { if (!response.destroyed) response.write('x'.repeat(65536), () => setImmediate(write)); };
    write();
  },
  () => {},
];
const slow = await finish('ada/one', true);
await until(() => received(slow).length === 1, 'an event arrives after an endless and a missing answer', 90);

await killReceiver();
const missed = await finish('ada/one', true);
await sleep(1500);
await startReceiver();
await until(() => received(missed).length === 1, 'an event arrives after the receiver was killed');

await killReceiver();
const ids = [];
for (let number = 0; number < 20; number += 1) ids.push(await finish('ada/one', number % 2 === 0));
await killServer();
await startReceiver();
await startServer();
await until(() => ids.every((id) => received(id).length >= 1), 'all events arrive after the server was killed');
check(ids.every((id) => new Set(sent(id).map((it) => it.headers['webhook-id'])).size === 1), 'repetitions have the same ID');

const verifications = attempts.filter((it) => it.message.type === 'verification').length;
const renewed = await events.refresh({ id: subscription.id });
check(renewed.id === subscription.id, 'the subscription keeps its ID when it is renewed, also after a restart');
check(attempts.filter((it) => it.message.type === 'verification').length === verifications, 'without another verification');

// Another secret: both sign for a while.
const rotated = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const changed = await request('events/subscribe', {
  name: 'build.finished',
  arguments: { repository: 'ada/one' },
  delivery: { ...record.delivery, secret: rotated },
});
check(changed.result?.id === subscription.id, 'the secret is changed');
const both = await finish('ada/one', true);
await until(() => received(both).length === 1, 'the old secret verifies for a while');
new Webhook(rotated).verify(sent(both)[0].body, sent(both)[0].headers);
check(true, 'and so does the new one');

await events.unsubscribe({ id: subscription.id });
const after = await finish('ada/one', true);
await sleep(1500);
check(sent(after).length === 0, 'nothing arrives after the end of the subscription');

await client.close();
await killServer();
await killReceiver();
for (const secret of [record.delivery.secret, rotated, 'secret text of the receiver']) {
  check(!log.includes(secret.replace('whsec_', '')), 'no secret and no text of the receiver is in the log');
}
check(errors.length === 0, `the handler reports no error: ${errors.map(String).slice(0, 3).join(', ')}`);
