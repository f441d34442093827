from common import *
from google.genai import _adapters, _mcp_utils, types


async def main():
    async with session() as opened:
        listed = await opened.list_tools()
        tools = {tool.name: tool for tool in listed.tools}
        adapter = _adapters.McpToGenAiToolAdapter(opened, listed)

        def convert(name):
            declaration = _mcp_utils.mcp_to_gemini_tool(tools[name]).function_declarations[0]
            if declaration.parameters_json_schema is not None:
                return declaration.parameters_json_schema
            return declaration.parameters.model_dump(mode="json", exclude_none=True)

        call = lambda name, arguments: adapter.call_tool(types.FunctionCall(name=name, args=arguments))
        await judge("google-genai", "Gemini", tools, convert, call)


asyncio.run(main())
