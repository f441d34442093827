import { writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

await runProgram("@github/copilot", "OpenAI", (name) => name.replace(/^corpus[-_]+/, ""), (address) => {
  const server = { type: "local", command: COMMAND, args: [], env: ENVIRONMENT, tools: ["*"] };
  writeFileSync("servers.json", JSON.stringify({ mcpServers: { corpus: server } }));
  return {
    command: bin("copilot"),
    args: ["--prompt", "Call all tools.", "--allow-all-tools", "--additional-mcp-config", "@servers.json", "--disable-builtin-mcps", "--no-auto-update"],
    environment: {
      COPILOT_PROVIDER_BASE_URL: `${address}/v1`,
      COPILOT_PROVIDER_TYPE: "openai",
      COPILOT_PROVIDER_API_KEY: "none",
      COPILOT_MODEL: "gpt-5",
      COPILOT_OFFLINE: "true",
    },
  };
});
