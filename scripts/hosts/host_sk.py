from common import *
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai.function_calling_utils import kernel_function_metadata_to_function_call_format
from semantic_kernel.connectors.mcp import MCPStdioPlugin
from semantic_kernel.functions import KernelArguments


async def main():
    async with MCPStdioPlugin(name="corpus", command=COMMAND, args=[], env=ENVIRONMENT) as plugin:
        kernel = Kernel()
        kernel.add_plugin(plugin, plugin_name="corpus")
        functions = {it.name: it for it in kernel.get_full_list_of_function_metadata()}
        convert = lambda name: kernel_function_metadata_to_function_call_format(functions[name])["function"]["parameters"]

        async def call(name, arguments):
            result = await kernel.invoke(plugin_name="corpus", function_name=name, arguments=KernelArguments(**arguments))
            return [getattr(it, "text", str(it)) for it in result.value]

        await judge("semantic-kernel", "OpenAI", functions, convert, call)


asyncio.run(main())
