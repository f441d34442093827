import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { COMMAND, ENVIRONMENT, judge } from "./common.mjs";

const client = new Client({ name: "hosts", version: "1" });
await client.connect(new StdioClientTransport({ command: COMMAND, env: ENVIRONMENT }));
const { tools } = await client.listTools();
const schemas = Object.fromEntries(tools.map((it) => [it.name, it.inputSchema]));
const call = (name, args) => client.callTool({ name, arguments: args });
await judge("@modelcontextprotocol/client", "none", Object.keys(schemas), (name) => schemas[name], call);
await client.close();
