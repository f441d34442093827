from common import *
from agno.tools.function import FunctionCall
from agno.tools.mcp import MCPTools
from mcp import StdioServerParameters


async def main():
    async with MCPTools(server_params=StdioServerParameters(command=COMMAND, env=ENVIRONMENT)) as server:
        tools = server.functions

        async def call(name, arguments):
            called = await FunctionCall(function=tools[name], arguments=arguments, call_id="1").aexecute()
            if called.status != "success":
                raise ValueError(called.error)
            return getattr(called.result, "content", called.result)

        await judge("agno", "OpenAI", tools, lambda name: tools[name].to_dict()["parameters"], call)


asyncio.run(main())
