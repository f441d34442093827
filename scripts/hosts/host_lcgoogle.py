import asyncio
from common import *
from langchain_mcp_adapters.tools import load_mcp_tools
from langchain_google_genai._function_utils import convert_to_genai_function_declarations
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = (await session.list_tools()).tools
        converted = {tool.name: tool for tool in await load_mcp_tools(session)}

        def one(tool):
            declared = convert_to_genai_function_declarations([converted[tool.name]])
            declared = declared.function_declarations[0] if hasattr(declared, "function_declarations") else declared[0].function_declarations[0]
            schema = declared.parameters_json_schema
            return schema if schema is not None else declared.parameters.model_dump(mode="json", exclude_none=True)

        convert("langchain-mcp-adapters", tools, lambda tool: converted[tool.name].args_schema)
        convert("langchain-google-genai", tools, one)


asyncio.run(main())
