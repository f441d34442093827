import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { COMMAND, ENVIRONMENT, judge } from "./common.mjs";

const client = new Client({ name: "hosts", version: "1" });
await client.connect(new StdioClientTransport({ command: COMMAND, env: ENVIRONMENT }));
const { tools } = await client.listTools();
const schemas = Object.fromEntries(tools.map((it) => [it.name, it.inputSchema]));
const call = (name, args) => client.callTool({ name, arguments: args });
await judge("@modelcontextprotocol/sdk", "none", Object.keys(schemas), (name) => schemas[name], call);
await client.close();
