import { MCPToolset } from "@google/adk";
import { COMMAND, ENVIRONMENT, judge } from "./common.mjs";

const toolset = new MCPToolset({ type: "StdioConnectionParams", serverParams: { command: COMMAND, args: [], env: ENVIRONMENT } });
// One session for all calls; the package starts a server for each.
const session = await toolset.mcpSessionManager.createSession();
toolset.mcpSessionManager.createSession = async () => session;
toolset.mcpSessionManager.closeSession = async () => {};
const tools = Object.fromEntries((await toolset.getTools()).map((it) => [it.name, it]));
const convert = (name) => tools[name]._getDeclaration().parameters;
const call = (name, args) => tools[name].runAsync({ args, toolContext: {} });
await judge("@google/adk", "Gemini", Object.keys(tools), convert, call);
process.exit(0);
