import { mkdirSync, writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

await runProgram("@google/gemini-cli", "Gemini", (name) => name.replace(/^(mcp_)?corpus_+/, ""), (address) => {
  mkdirSync(`${process.env.HOME}/.gemini`, { recursive: true });
  const settings = {
    mcpServers: { corpus: { command: COMMAND, args: [], env: ENVIRONMENT, trust: true } },
    security: { auth: { selectedType: "gemini-api-key" } },
    privacy: { usageStatisticsEnabled: false },
    telemetry: { enabled: false },
    general: { disableAutoUpdate: true },
  };
  writeFileSync(`${process.env.HOME}/.gemini/settings.json`, JSON.stringify(settings));
  return {
    command: bin("gemini"),
    args: ["--model", "gemini-2.5-pro", "--approval-mode", "yolo", "--skip-trust", "--prompt", "Call all tools."],
    environment: { GOOGLE_GEMINI_BASE_URL: address, GEMINI_API_KEY: "none" },
  };
});
