import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createMCPClient } from "@ai-sdk/mcp";
import { Experimental_StdioMCPTransport as StdioTransport } from "@ai-sdk/mcp/mcp-stdio";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, stepCountIs } from "ai";
import { COMMAND, ENVIRONMENT } from "./common.mjs";
import { Model } from "./model.mjs";

const client = await createMCPClient({ transport: new StdioTransport({ command: COMMAND, env: ENVIRONMENT }) });
const tools = await client.tools();
const providers = {
  OpenAI: (settings) => createOpenAI(settings)("gpt-5"),
  Anthropic: (settings) => createAnthropic(settings)("claude-opus-4-1"),
  Gemini: (settings) => createGoogleGenerativeAI(settings)("gemini-2.5-pro"),
};
for (const [conversion, create] of Object.entries(providers)) {
  const model = new Model();
  const language = create({ apiKey: "none", fetch: model.fetch });
  await generateText({ model: language, tools, prompt: "Call all tools.", stopWhen: stepCountIs(1000), maxRetries: 0 });
  model.finish("ai", conversion);
}
await client.close();
