from common import *


async def main():
    async with session() as opened:
        tools = await all_tools(opened)
        await judge("mcp", "none", tools, lambda name: schema_of(tools[name]), opened.call_tool)


asyncio.run(main())
