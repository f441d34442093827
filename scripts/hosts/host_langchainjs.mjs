import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { ChatGoogleGenerativeAI } from "@langchain/google-genai";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { ChatOpenAI } from "@langchain/openai";
import { COMMAND, ENVIRONMENT, message } from "./common.mjs";
import { Model } from "./model.mjs";

const client = new MultiServerMCPClient({
  mcpServers: { corpus: { transport: "stdio", command: COMMAND, args: [], env: ENVIRONMENT } },
});
const tools = await client.getTools();
const byName = Object.fromEntries(tools.map((it) => [it.name, it]));
const settings = { model: "any", apiKey: "none", maxRetries: 0 };
const providers = {
  OpenAI: () => new ChatOpenAI(settings),
  Anthropic: () => new ChatAnthropic(settings),
  Gemini: () => new ChatGoogleGenerativeAI(settings),
};
for (const [conversion, create] of Object.entries(providers)) {
  const model = new Model();
  globalThis.fetch = model.fetch;
  const bound = create().bindTools(tools);
  let messages = [new HumanMessage("Call all tools.")];
  while (true) {
    const answer = await bound.invoke(messages);
    if (!answer.tool_calls?.length) break;
    messages = [messages[0], answer];
    for (const call of answer.tool_calls) {
      let result;
      try {
        result = await byName[call.name].invoke(call);
      } catch (error) {
        // The tool node of LangChain answers so.
        result = new ToolMessage({ content: message(error), tool_call_id: call.id, name: call.name, status: "error" });
      }
      messages.push(result);
    }
  }
  model.finish("@langchain/mcp-adapters", conversion);
}
await client.close();
