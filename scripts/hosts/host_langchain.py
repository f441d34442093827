from common import *
from langchain_anthropic.chat_models import convert_to_anthropic_tool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langchain_google_genai._function_utils import convert_to_genai_function_declarations
from langchain_mcp_adapters.tools import load_mcp_tools


async def main():
    async with session() as opened:
        tools = {tool.name: tool for tool in await load_mcp_tools(opened)}

        def gemini(name):
            declared = convert_to_genai_function_declarations([tools[name]])
            declared = getattr(declared, "function_declarations", None) or declared[0].function_declarations
            schema = declared[0].parameters_json_schema
            return schema if schema is not None else declared[0].parameters.model_dump(mode="json", exclude_none=True)

        def openai(strict):
            return lambda name: convert_to_openai_tool(tools[name], strict=strict)["function"]["parameters"]

        call = lambda name, arguments: tools[name].ainvoke(arguments)
        await judge("langchain-mcp-adapters", "OpenAI", tools, openai(None), call)
        await judge("langchain-mcp-adapters", "OpenAI strict", tools, openai(True), call)
        anthropic = lambda name: convert_to_anthropic_tool(tools[name])["input_schema"]
        await judge("langchain-anthropic", "Anthropic", tools, anthropic, call)
        await judge("langchain-google-genai", "Gemini", tools, gemini, call)


asyncio.run(main())
