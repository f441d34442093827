import { writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

await runProgram("opencode-ai", "OpenAI", (name) => name.replace(/^corpus_/, ""), (address) => {
  const settings = {
    autoupdate: false,
    share: "disabled",
    permission: { "*": "allow" },
    model: "local/any",
    small_model: "local/any",
    provider: {
      local: { npm: "@ai-sdk/openai-compatible", options: { baseURL: `${address}/v1`, apiKey: "none" }, models: { any: { tool_call: true } } },
    },
    mcp: { corpus: { type: "local", command: [COMMAND], environment: ENVIRONMENT, enabled: true } },
  };
  writeFileSync("opencode.json", JSON.stringify(settings));
  return {
    command: bin("opencode"),
    args: ["run", "Call all tools."],
    environment: { OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" },
  };
});
