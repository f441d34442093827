import { McpClient } from "@strands-agents/sdk";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { COMMAND, ENVIRONMENT, judge } from "./common.mjs";

const client = new McpClient({ transport: new StdioClientTransport({ command: COMMAND, env: ENVIRONMENT }) });
const tools = Object.fromEntries((await client.listTools()).map((it) => [it.name, it]));

async function call(name, args) {
  const stream = tools[name].stream({ toolUse: { toolUseId: "1", name, input: args }, invocationState: {} });
  let step = await stream.next();
  while (!step.done) step = await stream.next();
  return JSON.parse(JSON.stringify(step.value));
}

await judge("@strands-agents/sdk", "none", Object.keys(tools), (name) => tools[name].toolSpec.inputSchema, call);
await client.disconnect();
process.exit(0);
