from common import *
from agent_framework import MCPStdioTool


async def main():
    async with MCPStdioTool(name="corpus", command=COMMAND, args=[], env=ENVIRONMENT) as server:
        tools = {tool.name: tool for tool in server.functions}
        convert = lambda name: tools[name].to_json_schema_spec()["function"]["parameters"]
        call = lambda name, arguments: tools[name].invoke(arguments=arguments)
        await judge("agent-framework-core", "OpenAI", tools, convert, call)


asyncio.run(main())
