from unittest.mock import MagicMock

from common import *
from google.adk.tools.mcp_tool.mcp_session_manager import StdioConnectionParams
from google.adk.tools.mcp_tool.mcp_toolset import McpToolset
from mcp import StdioServerParameters


async def main():
    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    toolset = McpToolset(connection_params=StdioConnectionParams(server_params=parameters, timeout=30))
    tools = {tool.name: tool for tool in await toolset.get_tools()}

    def convert(name):
        declaration = tools[name]._get_declaration()
        if declaration.parameters_json_schema is not None:
            return declaration.parameters_json_schema
        return declaration.parameters.model_dump(mode="json", exclude_none=True)

    call = lambda name, arguments: tools[name].run_async(args=arguments, tool_context=MagicMock())
    await judge("google-adk", "Gemini", tools, convert, call)
    await toolset.close()


asyncio.run(main())
