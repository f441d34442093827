#!/usr/bin/env bash
# smolagents takes every argument of an MCP tool as required, whatever `required` says.
#
# Guess:    `required` of the input schema decides.
# Seen:     only `"nullable": true` at the property does, a keyword of OpenAPI that JSON Schema does not have. The list
#           for the model has all other arguments in `required`, and a call without one is refused before it is sent.
# Versions: smolagents 1.26.0, mcpadapt 0.1.19, mcp 1.30.0, Python 3.11; seen on 2026-11-27.
# Matters:  a model always has to make up a value for an optional argument.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m venv python
python/bin/pip install --quiet "smolagents==1.26.0" "mcpadapt==0.1.19" "mcp[ws]==1.30.0"
cat >run.py <<'PYTHON'
from mcp.types import CallToolResult, TextContent, Tool
from mcpadapt.smolagents_adapter import SmolAgentsAdapter
from smolagents.models import get_tool_json_schema
from smolagents.tools import validate_tool_arguments

answer = CallToolResult(content=[TextContent(type="text", text="sunny")])
for days in ({"type": "integer"}, {"type": "integer", "nullable": True}):
    properties = {"city": {"type": "string"}, "days": days}
    schema = {"type": "object", "properties": properties, "required": ["city"]}
    adapted = SmolAgentsAdapter().adapt(lambda arguments: answer, Tool(name="weather", description="Weather.", inputSchema=schema))
    required = get_tool_json_schema(adapted)["function"]["parameters"]["required"]
    try:
        validate_tool_arguments(adapted, {"city": "Rome"})
        outcome = "accepted"
    except ValueError as error:
        outcome = str(error)
    print(f"{', '.join(days)}: required {', '.join(required)}; without days: {outcome}")
PYTHON
cat >expected <<'TEXT'
type: required city, days; without days: Argument days is required
type, nullable: required city; without days: accepted
TEXT

python/bin/python run.py >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
