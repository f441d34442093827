import { GoogleGenAI, mcpToTool } from "@google/genai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { COMMAND, ENVIRONMENT } from "./common.mjs";
import { Model } from "./model.mjs";

const client = new Client({ name: "hosts", version: "1" });
await client.connect(new StdioClientTransport({ command: COMMAND, env: ENVIRONMENT }));
const model = new Model();
globalThis.fetch = model.fetch;
await new GoogleGenAI({ apiKey: "none" }).models.generateContent({
  model: "gemini-2.5-pro",
  contents: "Call all tools.",
  config: { tools: [mcpToTool(client)], automaticFunctionCalling: { maximumRemoteCalls: 1000 } },
});
model.finish("@google/genai", "Gemini");
await client.close();
