import { writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

writeFileSync("servers.json", JSON.stringify({ mcpServers: { corpus: { command: COMMAND, args: [], env: ENVIRONMENT } } }));
await runProgram("@anthropic-ai/claude-code", "Anthropic", (name) => name.replace(/^mcp__corpus__/, ""), (address) => ({
  command: bin("claude"),
  args: ["--print", "Call all tools.", "--mcp-config", "servers.json", "--strict-mcp-config", "--allowedTools", "mcp__corpus"],
  environment: {
    ANTHROPIC_BASE_URL: address,
    ANTHROPIC_API_KEY: "none",
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
    DISABLE_AUTOUPDATER: "1",
    ENABLE_TOOL_SEARCH: "false",
  },
}));
