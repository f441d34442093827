import asyncio
from common import *
from autogen_ext.tools.mcp import StdioMcpToolAdapter, StdioServerParams

tools = asyncio.run(mcp_tools())
parameters = StdioServerParams(command=COMMAND, env=ENVIRONMENT)
convert("autogen-ext", tools, lambda tool: StdioMcpToolAdapter(server_params=parameters, tool=tool).schema["parameters"])
