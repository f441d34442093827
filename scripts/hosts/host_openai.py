from common import *
from agents.mcp import MCPServerStdio
from agents.mcp.util import MCPUtil
from agents.tool_context import ToolContext


async def main():
    parameters = {"command": COMMAND, "env": ENVIRONMENT}
    async with MCPServerStdio(params=parameters, client_session_timeout_seconds=30) as server:
        tools = {tool.name: tool for tool in await server.list_tools()}
        for conversion, strict in (("OpenAI", False), ("OpenAI strict", True)):
            function = lambda name: MCPUtil.to_function_tool(tools[name], server, strict)

            def call(name, arguments):
                text = json.dumps(arguments)
                context = ToolContext(context=None, tool_name=name, tool_call_id="1", tool_arguments=text)
                return function(name).on_invoke_tool(context, text)

            await judge("openai-agents", conversion, tools, lambda name: function(name).params_json_schema, call)


asyncio.run(main())
