"""The parts that all hosts in Python share: the tools of the corpus, and the record of what a host does with them."""
import asyncio
import importlib.metadata
import json
import os
from contextlib import asynccontextmanager

COMMAND = os.environ["CORPUS"]
ENVIRONMENT = {"FASTMCP_LOG_LEVEL": "off", "PATH": os.environ["PATH"]}
# The arguments of each call, as texts, by the name of the tool.
TOOLS = json.load(open(os.environ["TOOLS"]))


def plain(value):
    """Converts models and enums of a host to plain JSON."""
    def default(it):
        if hasattr(it, "model_dump"):
            return it.model_dump(mode="json", exclude_none=True)
        return getattr(it, "value", str(it))

    return json.loads(json.dumps(value, default=default))


def schema_of(tool):
    """Returns the input schema of a tool of the official SDK, whose 2.x renamed the field."""
    return plain(getattr(tool, "inputSchema", None) or getattr(tool, "input_schema"))


def fill(value, schema, root=None):
    """Adds `null` for each absent property that a schema requires and allows to be null, as models do in strict mode."""
    root = root or schema
    if not isinstance(schema, dict):
        return value
    if "$ref" in schema:
        target = root
        for key in schema["$ref"].removeprefix("#/").split("/"):
            target = target.get(key, {})
        return fill(value, target, root)
    branches = [it for it in schema.get("anyOf", []) if it.get("type") != "null"]
    if len(branches) == 1:
        return fill(value, branches[0], root)
    if isinstance(value, list):
        return [fill(it, schema.get("items"), root) for it in value]
    if not isinstance(value, dict):
        return value
    properties = schema.get("properties") or {}
    filled = {key: fill(it, properties.get(key), root) for key, it in value.items()}
    for key in schema.get("required") or []:
        if key not in filled and "null" in json.dumps(properties.get(key)):
            filled[key] = None
    return filled


async def judge(package, conversion, listed, convert, call):
    """Converts and calls each tool, and appends what happened to the record.

    `listed` are the names that the host has. `convert(name)` returns the schema that the host sends to a model, and
    `call(name, arguments)` the result that it shows to the model.
    """
    refused, schemas, results = {}, {}, {}
    for name, texts in TOOLS.items():
        if name not in listed:
            refused[name] = "the tool is not listed"
            continue
        try:
            schemas[name] = plain(convert(name))
        except Exception as error:
            refused[name] = f"{type(error).__name__}: {error}"
            continue
        results[name] = []
        for text in texts:
            try:
                answer = call(name, fill(json.loads(text), schemas[name]))
                answer = await answer if asyncio.iscoroutine(answer) else answer
                results[name].append({"result": plain(answer)})
            except Exception as error:
                results[name].append({"error": f"{type(error).__name__}: {error}"})
    version = importlib.metadata.version(package)
    record = {
        "package": package, "version": version, "conversion": conversion,
        "refused": refused, "schemas": schemas, "results": results,
    }
    with open(os.environ["RECORD"], "a") as file:
        file.write(json.dumps(record) + "\n")


@asynccontextmanager
async def session():
    """Opens a session of the official Python SDK, 1.x or 2.x."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as opened:
        await opened.initialize()
        yield opened


async def all_tools(opened):
    """Lists the tools of all pages."""
    tools, cursor = [], None
    while True:
        page = await opened.list_tools(**({"cursor": cursor} if cursor else {}))
        tools += page.tools
        cursor = getattr(page, "nextCursor", None) or getattr(page, "next_cursor", None)
        if not cursor:
            return {tool.name: tool for tool in tools}
