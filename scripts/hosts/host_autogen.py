from common import *
from autogen_core import CancellationToken
from autogen_ext.tools.mcp import StdioMcpToolAdapter, StdioServerParams


async def main():
    async with session() as opened:
        tools = await all_tools(opened)
        parameters = StdioServerParams(command=COMMAND, env=ENVIRONMENT)
        adapters = {}

        def convert(name):
            adapters[name] = StdioMcpToolAdapter(server_params=parameters, tool=tools[name], session=opened)
            return adapters[name].schema["parameters"]

        call = lambda name, arguments: adapters[name].run_json(arguments, CancellationToken())
        await judge("autogen-ext", "OpenAI", tools, convert, call)


asyncio.run(main())
