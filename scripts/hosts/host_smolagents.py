from common import *
from mcp import StdioServerParameters
from smolagents import MCPClient
from smolagents.models import get_tool_json_schema
from smolagents.tools import validate_tool_arguments


async def main():
    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    with MCPClient(parameters, structured_output=False) as found:
        tools = {tool.name: tool for tool in found}

        def call(name, arguments):
            validate_tool_arguments(tools[name], arguments)
            return tools[name](**arguments, sanitize_inputs_outputs=True)

        convert = lambda name: get_tool_json_schema(tools[name])["function"]["parameters"]
        await judge("smolagents", "OpenAI", tools, convert, call)


asyncio.run(main())
