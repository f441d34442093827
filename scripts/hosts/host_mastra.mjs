import { Agent } from "@mastra/core/agent";
import { MCPClient } from "@mastra/mcp";
import { COMMAND, ENVIRONMENT } from "./common.mjs";
import { Model } from "./model.mjs";

const client = new MCPClient({ servers: { corpus: { command: COMMAND, args: [], env: ENVIRONMENT } } });
const tools = await client.listTools();
for (const [conversion, id] of [["OpenAI", "openai/gpt-5"], ["Anthropic", "anthropic/claude-opus-4-1"], ["Gemini", "google/gemini-2.5-pro"]]) {
  const model = new Model((name) => name.replace(/^corpus_/, ""));
  const url = `${await model.listen()}/v1`;
  const agent = new Agent({ id: "agent", name: "agent", instructions: "Call all tools.", model: { id, url, apiKey: "none" }, tools });
  await agent.generate("Call all tools.", { maxSteps: 1000 });
  model.finish("@mastra/mcp", conversion);
}
await client.disconnect();
process.exit(0);
