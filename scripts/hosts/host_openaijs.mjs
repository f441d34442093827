import { Agent, MCPServerStdio, OpenAIChatCompletionsModel, run, setTracingDisabled } from "@openai/agents";
import OpenAI from "openai";
import { COMMAND, ENVIRONMENT } from "./common.mjs";
import { Model } from "./model.mjs";

setTracingDisabled(true);
for (const strict of [false, true]) {
  const options = { command: COMMAND, args: [], env: ENVIRONMENT, clientSessionTimeoutSeconds: 60 };
  const server = new MCPServerStdio({ name: "corpus", ...options });
  await server.connect();
  const model = new Model();
  const client = new OpenAI({ apiKey: "none", fetch: model.fetch, maxRetries: 0 });
  const agent = new Agent({
    name: "agent",
    model: new OpenAIChatCompletionsModel(client, "gpt-5"),
    mcpServers: [server],
    mcpConfig: { convertSchemasToStrict: strict },
  });
  await run(agent, "Call all tools.", { maxTurns: 1000 });
  model.finish("@openai/agents", strict ? "OpenAI strict" : "OpenAI");
  await server.close();
}
