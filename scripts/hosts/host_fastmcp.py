from common import *
from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def main():
    async with Client(StdioTransport(command=COMMAND, args=[], env=ENVIRONMENT)) as client:
        tools = {tool.name: tool for tool in await client.list_tools()}

        async def call(name, arguments):
            return (await client.call_tool(name, arguments)).content

        await judge("fastmcp", "none", tools, lambda name: schema_of(tools[name]), call)


asyncio.run(main())
