import asyncio
from common import *
from fastmcp import Client
from fastmcp.client.transports import StdioTransport


async def main():
    async with Client(StdioTransport(command=COMMAND, args=[], env=ENVIRONMENT)) as client:
        tools = await client.list_tools()
        convert("fastmcp", tools, lambda tool: getattr(tool, "inputSchema", None) or tool.input_schema)


asyncio.run(main())
