from common import *
from mcp import StdioServerParameters
from mcp.client.stdio import stdio_client
from strands.tools.mcp import MCPClient
from strands.tools.tools import normalize_schema


async def main():
    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    with MCPClient(lambda: stdio_client(parameters)) as client:
        tools, page = {}, client.list_tools_sync()
        while True:
            tools.update({tool.tool_name: tool for tool in page})
            if not page.pagination_token:
                break
            page = client.list_tools_sync(pagination_token=page.pagination_token)

        async def call(name, arguments):
            use = {"toolUseId": "1", "name": name, "input": arguments}
            return [event async for event in tools[name].stream(use, {})]

        await judge("strands-agents", "none", tools, lambda name: tools[name].tool_spec["inputSchema"]["json"], call)


asyncio.run(main())
