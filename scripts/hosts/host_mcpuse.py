from common import *
from langchain_core.utils.function_calling import convert_to_openai_tool
from mcp_use import MCPClient
from mcp_use.agents.adapters.langchain_adapter import LangChainAdapter


async def main():
    client = MCPClient.from_dict({"mcpServers": {"corpus": {"command": COMMAND, "args": [], "env": ENVIRONMENT}}})
    await client.create_all_sessions()
    tools = {tool.name: tool for tool in await LangChainAdapter().create_tools(client)}
    convert = lambda name: convert_to_openai_tool(tools[name])["function"]["parameters"]
    await judge("mcp-use", "LangChain", tools, convert, lambda name, arguments: tools[name].ainvoke(arguments))
    await client.close_all_sessions()


asyncio.run(main())
