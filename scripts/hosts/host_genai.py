import asyncio
from common import *
from google.genai import _mcp_utils

tools = asyncio.run(mcp_tools())


def one(tool):
    declaration = _mcp_utils.mcp_to_gemini_tool(tool).function_declarations[0]
    if declaration.parameters_json_schema is not None:
        return declaration.parameters_json_schema
    return declaration.parameters.model_dump(mode="json", exclude_none=True)


convert("google-genai", tools, one)
