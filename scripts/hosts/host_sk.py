import asyncio
from common import *
from semantic_kernel.connectors.mcp import MCPStdioPlugin
from semantic_kernel.connectors.ai.function_calling_utils import kernel_function_metadata_to_function_call_format
from semantic_kernel import Kernel


async def main():
    tools = await mcp_tools()
    async with MCPStdioPlugin(name="corpus", command=COMMAND, args=[], env=ENVIRONMENT) as plugin:
        kernel = Kernel()
        kernel.add_plugin(plugin, plugin_name="corpus")
        functions = {it.name: it for it in kernel.get_full_list_of_function_metadata()}
        convert(
            "semantic-kernel",
            tools,
            lambda tool: kernel_function_metadata_to_function_call_format(functions[tool.name])["function"]["parameters"],
        )


asyncio.run(main())
