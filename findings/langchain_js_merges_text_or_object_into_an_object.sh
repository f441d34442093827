#!/usr/bin/env bash
# The MCP adapter of LangChain JS lists `anyOf` of a string and an object as the object alone, and enforces that.
#
# Guess:    `anyOf` is passed on to the model's API, which takes it, or the first branch is used.
# Seen:     the properties of all branches are merged into one object. The string branch is gone, and a call with a
#           string is refused by the adapter, before the server sees it. The same holds for the items of a list.
# Versions: @langchain/mcp-adapters 1.1.4, @langchain/core 1.4.0, Node.js 20; seen on 2026-11-27.
# Matters:  an enum with data and a tuple with a struct in it compile and list well, and this host cannot send most of
#           their values.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts "@langchain/mcp-adapters@1.1.4" "@langchain/core@1.4.0"
cat >run.js <<'JAVASCRIPT'
import { loadMcpTools } from "@langchain/mcp-adapters";

const point = { type: "object", properties: { x: { type: "number" } }, required: ["x"] };
const place = { anyOf: [{ type: "string" }, point] };
const inputSchema = { type: "object", properties: { place }, required: ["place"] };
const client = {
  listTools: async () => ({ tools: [{ name: "go", description: "Goes to a place.", inputSchema }] }),
  callTool: async () => ({ content: [{ type: "text", text: "there" }] }),
};
const [tool] = await loadMcpTools("server", client);
console.log(`listed: ${JSON.stringify(tool.schema.properties.place)}`);
for (const place of [{ x: 1 }, "home"]) {
  try {
    console.log(`${JSON.stringify(place)}: ${await tool.invoke({ place })}`);
  } catch (error) {
    console.log(`${JSON.stringify(place)}: ${error.message.split("\n")[0]}`);
  }
}
JAVASCRIPT
cat >expected <<'TEXT'
listed: {"type":"object","properties":{"x":{"type":"number"}},"required":["x"]}
{"x":1}: there
"home": Received tool input did not match expected schema
TEXT

node run.js >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
