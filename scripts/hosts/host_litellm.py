from common import *
from litellm.llms.vertex_ai.common_utils import _build_vertex_schema
from litellm.mcp_client.tools import call_openai_tool, transform_mcp_tool_to_openai_tool


async def main():
    async with session() as opened:
        tools = await all_tools(opened)
        openai = lambda name: plain(transform_mcp_tool_to_openai_tool(tools[name])["function"]["parameters"])

        def call(name, arguments):
            function = {"name": name, "arguments": json.dumps(arguments)}
            return call_openai_tool(opened, {"id": "1", "type": "function", "function": function})

        await judge("litellm", "OpenAI", tools, openai, call)
        await judge("litellm", "Gemini", tools, lambda name: _build_vertex_schema(openai(name)), call)


asyncio.run(main())
