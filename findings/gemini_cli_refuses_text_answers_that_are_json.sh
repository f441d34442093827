#!/usr/bin/env bash
# Gemini CLI fails the call of a tool whose text answer happens to be JSON that is no object, such as `7`.
#
# Guess:    a text block is shown to the model as it is, whatever it says.
# Seen:     the transport of the program reads the text of an answer without structured content as JSON, and sets it as
#           structured content, also for tools without an output schema. Its own client library then refuses structured
#           content that is no object, so the model gets an error instead of the answer.
# Versions: @google/gemini-cli-core 0.61.0, @modelcontextprotocol/sdk 1.23.0, Node.js 20; seen on 2026-11-27.
# Matters:  a tool that returns a count or a list of names as a `String` works in other hosts and never in this one.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts "@google/gemini-cli-core@0.61.0" "@modelcontextprotocol/sdk@1.23.0"
cat >run.js <<'JAVASCRIPT'
import { McpComplianceTransport } from "./node_modules/@google/gemini-cli-core/dist/src/tools/mcp-compliance-transport.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const texts = ["seven", "{}", "7", "[7]"];
const server = new McpServer({ name: "server", version: "1" });
texts.forEach((text, index) => {
  server.registerTool(`tool${index}`, {}, () => ({ content: [{ type: "text", text }] }));
});
const [near, far] = InMemoryTransport.createLinkedPair();
await server.connect(far);
const client = new Client({ name: "client", version: "1" });
await client.connect(new McpComplianceTransport(near));
for (const [index, text] of texts.entries()) {
  try {
    const { content } = await client.callTool({ name: `tool${index}` });
    console.log(`${text}: answered with ${content[0].text}`);
  } catch (error) {
    console.log(`${text}: ${error.message.match(/Invalid input: [^"]*/)[0]}`);
  }
}
JAVASCRIPT
cat >expected <<'TEXT'
seven: answered with seven
{}: answered with {}
7: Invalid input: expected record, received number
[7]: Invalid input: expected record, received array
TEXT

node run.js >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
