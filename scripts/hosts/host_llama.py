import asyncio
from common import *
from llama_index.tools.mcp import McpToolSpec, BasicMCPClient

tools = asyncio.run(mcp_tools())
client = BasicMCPClient(COMMAND, env=ENVIRONMENT)
spec = McpToolSpec(client)


def resolve(schema, definitions):
    if isinstance(schema, list):
        return [resolve(it, definitions) for it in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return resolve(definitions[schema["$ref"].split("/")[-1]], definitions)
    return {key: resolve(value, definitions) for key, value in schema.items() if key != "$defs"}


def one(tool):
    from llama_index.core.tools import ToolMetadata

    original = getattr(tool, "inputSchema", None) or getattr(tool, "input_schema")
    model = spec.create_model_from_json_schema(original, model_name=f"{tool.name}_Schema")
    parameters = ToolMetadata(name=tool.name, description="", fn_schema=model).get_parameters_dict()
    return resolve(parameters, parameters.get("$defs", {}))


convert("llama-index-tools-mcp", tools, one)
