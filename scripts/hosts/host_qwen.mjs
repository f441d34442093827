import { mkdirSync, writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

await runProgram("@qwen-code/qwen-code", "OpenAI", (name) => name.replace(/^(mcp__)?corpus_+/, ""), (address) => {
  mkdirSync(`${process.env.HOME}/.qwen`, { recursive: true });
  const settings = {
    mcpServers: { corpus: { command: COMMAND, args: [], env: ENVIRONMENT, trust: true } },
    security: { auth: { selectedType: "openai" } },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    general: { disableAutoUpdate: true },
    tools: { toolSearch: { enabled: false } },
  };
  writeFileSync(`${process.env.HOME}/.qwen/settings.json`, JSON.stringify(settings));
  return {
    command: bin("qwen"),
    args: ["--approval-mode", "yolo", "--prompt", "Call all tools."],
    environment: { OPENAI_BASE_URL: `${address}/v1`, OPENAI_API_KEY: "none", OPENAI_MODEL: "qwen3-coder-plus" },
  };
});
