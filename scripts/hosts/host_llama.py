from common import *
from llama_index.core.tools import ToolMetadata
from llama_index.tools.mcp import BasicMCPClient, McpToolSpec


async def main():
    async with session() as opened:
        tools = await all_tools(opened)

        class Client(BasicMCPClient):
            """Keeps one session; the base class starts a server for each call."""

            @asynccontextmanager
            async def _run_session(self):
                yield opened

        spec = McpToolSpec(Client(COMMAND, env=ENVIRONMENT))
        functions = {}

        def convert(name):
            model = spec.create_model_from_json_schema(schema_of(tools[name]), model_name=f"{name}_Schema")
            return ToolMetadata(name=name, description="", fn_schema=model).get_parameters_dict()

        async def call(name, arguments):
            if not functions:
                functions.update({it.metadata.name: it for it in await spec.to_tool_list_async()})
            return (await functions[name].acall(**arguments)).raw_output

        await judge("llama-index-tools-mcp", "OpenAI", tools, convert, call)


asyncio.run(main())
