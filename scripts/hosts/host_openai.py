import asyncio
from common import *
from agents.mcp import MCPServerStdio
from agents.mcp.util import MCPUtil


async def main():
    parameters = {"command": COMMAND, "env": ENVIRONMENT}
    async with MCPServerStdio(params=parameters, client_session_timeout_seconds=30) as server:
        tools = await server.list_tools()
        for strict in (False, True):
            unstrict = []

            def one(tool):
                converted = MCPUtil.to_function_tool(tool, server, strict)
                if strict and not converted.strict_json_schema:
                    unstrict.append(tool.name)
                return converted.params_json_schema

            convert("openai-agents", tools, one, "strict" if strict else "")
            if strict:
                print(f"    openai-agents: {len(unstrict)} tools are not strict", unstrict[:8], file=__import__("sys").stderr)


asyncio.run(main())
