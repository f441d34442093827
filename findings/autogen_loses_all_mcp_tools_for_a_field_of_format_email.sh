#!/usr/bin/env bash
# autogen-ext with its `mcp` extra lists no tool of a server if one field has `"format": "email"`.
#
# Guess:    the field is a string, or a string that is checked; the extra installs what it needs.
# Seen:     the conversion raises ImportError, because pydantic's `EmailStr` needs the package email-validator, which
#           the extra does not install.
# Versions: autogen-ext 0.7.5, mcp 1.30.0, Python 3.11; seen on 2026-11-27.
# Matters:  `#[schemars(email)]` on one field costs the host all tools, so lists have the format in words instead.
set -euo pipefail

directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
cd "$directory"
python3 -m venv python
python/bin/pip install --quiet "autogen-ext[mcp]==0.7.5" "mcp==1.30.0"
cat >run.py <<'PYTHON'
from autogen_ext.tools.mcp import StdioMcpToolAdapter, StdioServerParams
from mcp import Tool

for format in ("date-time", "uuid", "email"):
    schema = {"type": "object", "properties": {"field": {"type": "string", "format": format}}}
    tool = Tool(name="tool", description="A tool.", inputSchema=schema)
    try:
        StdioMcpToolAdapter(server_params=StdioServerParams(command="true"), tool=tool)
        print(f"{format}: listed")
    except Exception as error:
        print(f"{format}: {type(error).__name__}")
PYTHON
cat >expected <<'TEXT'
date-time: listed
uuid: listed
email: ImportError
TEXT

python/bin/python run.py >seen
cat seen
if ! diff expected seen; then
    echo "the behaviour has changed: read the lines above" >&2
    exit 1
fi
