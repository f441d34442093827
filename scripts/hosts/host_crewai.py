from common import *
from crewai.utilities.agent_utils import convert_tools_to_openai_schema
from crewai_tools import MCPServerAdapter
from mcp import StdioServerParameters


async def main():
    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    with MCPServerAdapter(parameters) as found:
        tools = {tool.name: tool for tool in found}
        convert = lambda name: convert_tools_to_openai_schema([tools[name]])[0][0]["function"]["parameters"]
        await judge("crewai-tools", "OpenAI", tools, convert, lambda name, arguments: tools[name].run(**arguments))


asyncio.run(main())
