import { mkdirSync, writeFileSync } from "node:fs";
import { bin, runProgram } from "./cli.mjs";
import { COMMAND, ENVIRONMENT } from "./common.mjs";

const nameOf = (name) => name.replace(/^mcp__corpus(__|\/)*/, "").replace(/^.*\//, "");
await runProgram("@openai/codex", "OpenAI", nameOf, (address) => {
  mkdirSync(`${process.env.HOME}/.codex`, { recursive: true });
  const text = JSON.stringify;
  writeFileSync(
    `${process.env.HOME}/.codex/config.toml`,
    `model = "gpt-5"
model_provider = "local"
approval_policy = "never"
[model_providers.local]
name = "local"
base_url = ${text(`${address}/v1`)}
wire_api = "responses"
[mcp_servers.corpus]
command = ${text(COMMAND)}
default_tools_approval_mode = "approve"
[mcp_servers.corpus.env]
FASTMCP_LOG_LEVEL = ${text(ENVIRONMENT.FASTMCP_LOG_LEVEL)}
`,
  );
  return {
    command: bin("codex"),
    args: ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "Call all tools."],
    environment: {},
  };
});
