#!/usr/bin/env bash
# The AI SDK hides a tool from the pages of MCP Apps if the tool does not state its visibility, and one page with another
# scheme than ui:// makes it refuse the whole list of tools.
#
# Guess:    a tool without `visibility` is for the model and for pages, as SEP-1865 says ("default: model and app"), and
#           a tool with a page that a host does not understand is like a tool without a page.
# Seen:     `splitMCPAppTools` gives a tool without `visibility` to the model only, with or without a page, while the
#           helpers of the extension's own package call it neither only for the model nor only for pages. If any tool has
#           a `resourceUri` of another scheme, the function throws, so the host has no tools at all.
# Versions: @ai-sdk/mcp 2.0.99, @modelcontextprotocol/ext-apps 2.0.4, Node.js 20; seen on 2026-11-28.
# Matters:  a server has to list `["model", "app"]`, although it is the default: without it, the buttons of a page fail in
#           hosts that use the SDK, and work in others.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund --ignore-scripts "@ai-sdk/mcp@2.0.99" "@modelcontextprotocol/ext-apps@2.0.4"
cat >run.js <<'JAVASCRIPT'
import { splitMCPAppTools } from "@ai-sdk/mcp";
import { isToolVisibilityAppOnly, isToolVisibilityModelOnly } from "@modelcontextprotocol/ext-apps/app-bridge";

const tool = (name, ui) => ({ name, inputSchema: { type: "object" }, ...(ui && { _meta: { ui } }) });
const resourceUri = "ui://board/view.html";
const tools = [
  tool("plain"),
  tool("page", { resourceUri }),
  tool("stated", { resourceUri, visibility: ["model", "app"] }),
];
const { modelVisible, appVisible } = splitMCPAppTools({ tools });
for (const it of tools) {
  const sdk = [modelVisible.tools.includes(it) && "model", appVisible.tools.includes(it) && "page"];
  const package_ = [!isToolVisibilityAppOnly(it) && "model", !isToolVisibilityModelOnly(it) && "page"];
  const text = (list) => list.filter(Boolean).join(" and ");
  console.log(`${it.name}: for ${text(sdk)} in the AI SDK, for ${text(package_)} in ext-apps`);
}
try {
  splitMCPAppTools({ tools: [...tools, tool("web", { resourceUri: "https://example.com/view.html" })] });
  console.log("web: accepted");
} catch (error) {
  console.log(`web: all tools are refused, ${error.message}`);
}
JAVASCRIPT
cat >expected <<'TEXT'
plain: for model in the AI SDK, for model and page in ext-apps
page: for model in the AI SDK, for model and page in ext-apps
stated: for model and page in the AI SDK, for model and page in ext-apps
web: all tools are refused, Invalid MCP App resource URI: "https://example.com/view.html"
TEXT

node run.js >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
