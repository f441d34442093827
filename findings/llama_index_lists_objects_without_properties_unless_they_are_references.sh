#!/usr/bin/env bash
# The MCP tools of llama-index list an object inside an argument without its properties, unless it is a `$ref`.
#
# Guess:    a schema and a reference to the same schema give the model the same.
# Seen:     an object behind `$ref` becomes a model with its properties. The same object written in its place becomes
#           an object with any properties, so that the model does not see which there are.
# Versions: llama-index-tools-mcp 0.6.0, Python 3.11; seen on 2026-11-27.
# Matters:  Gemini and Cursor refuse references, so servers that work there write them out, and lose the properties here.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m venv python
python/bin/pip install --quiet "llama-index-tools-mcp==0.6.0"
cat >run.py <<'PYTHON'
from llama_index.core.tools import ToolMetadata
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec

point = {"type": "object", "properties": {"x": {"type": "number"}}, "required": ["x"]}
spec = McpToolSpec(BasicMCPClient("true"))


def listed(name, argument):
    schema = {"type": "object", "properties": {"at": argument}, "required": ["at"], "$defs": {"Point": point}}
    model = spec.create_model_from_json_schema(schema, model_name=name)
    parameters = ToolMetadata(name=name, description="", fn_schema=model).get_parameters_dict()
    at = parameters["properties"]["at"]
    return parameters["$defs"][at["$ref"].split("/")[-1]] if "$ref" in at else at


for name, argument in (("reference", {"$ref": "#/$defs/Point"}), ("in its place", point)):
    print(f"{name}: {', '.join(listed(name, argument).get('properties', {})) or 'no properties'}")
PYTHON
cat >expected <<'TEXT'
reference: x
in its place: no properties
TEXT

python/bin/python run.py >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
