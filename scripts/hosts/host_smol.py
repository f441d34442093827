from common import *
from mcp import StdioServerParameters
from smolagents import MCPClient
from smolagents.models import get_tool_json_schema
import asyncio

tools = asyncio.run(mcp_tools())
with MCPClient(StdioServerParameters(command=COMMAND, env=ENVIRONMENT), structured_output=False) as converted:
    by_name = {tool.name: tool for tool in converted}
    convert("smolagents", tools, lambda tool: get_tool_json_schema(by_name[tool.name])["function"]["parameters"])
