"""Lists the tools of the corpus, and prints one row of the table."""
import importlib.metadata
import json
import os

COMMAND = os.environ["CORPUS"]
ENVIRONMENT = {"FASTMCP_LOG_LEVEL": "off", "PATH": os.environ["PATH"]}


def row(package, listed, refused, changed, note=""):
    version = importlib.metadata.version(package)
    print(f"| {package} {version} | {listed} | {len(refused)} | {len(changed)} | {note} |", flush=True)
    for kind, rows in (("refused", refused), ("changed", changed)):
        for name, reason in rows:
            print(f"    {kind} {name}: {str(reason)[:200]!r}", file=__import__("sys").stderr)


def loses(original, converted, path=""):
    """Returns the first part of a schema that a conversion lost: a property, a choice, items, an enum."""
    if not isinstance(original, dict):
        return None
    if not isinstance(converted, dict):
        return f"{path or 'root'}: {converted!r}"
    converted = {snake(key): value for key, value in converted.items()}
    for name, child in original.get("properties", {}).items():
        properties = converted.get("properties") or {}
        if name not in properties:
            return f"{path}.{name} is missing"
        if lost := loses(child, properties[name], f"{path}.{name}"):
            return lost
    kind = converted.get("type")
    kind = getattr(kind, "value", kind)
    if isinstance(kind, list):
        kind = next((it for it in kind if it != "null"), None)
    known = converted.get("anyOf") or converted.get("oneOf") or converted.get("any_of")
    if "type" in original and not known and str(kind).lower() != original["type"]:
        return f"{path}: type {original['type']} became {kind}"
    if "type" not in original and "anyOf" not in original and kind:
        return f"{path}: any JSON became {kind}"
    if "enum" in original and original["enum"] != [it for it in converted.get("enum") or [] if it is not None] and not known:
        return f"{path}: enum became {converted.get('enum')}"
    if "items" in original and not known:
        if lost := loses(original["items"], converted.get("items") or {}, f"{path}[]"):
            return lost
    if "anyOf" in original:
        branches = [it for it in known or [] if it.get("type") != "null"]
        if len(branches) < len(original["anyOf"]):
            return f"{path}: {len(original['anyOf'])} choices became {len(branches)}"
        for before, after in zip(original["anyOf"], branches):
            if lost := loses(before, after, f"{path}|"):
                return lost
    if isinstance(original.get("additionalProperties"), dict):
        rest = converted.get("additionalProperties") or converted.get("additional_properties")
        if not isinstance(rest, dict):
            return f"{path}: the values of the map became {rest!r}"
    return None


def snake(key):
    return {"any_of": "anyOf", "additional_properties": "additionalProperties"}.get(key, key)


def convert(package, tools, one, note=""):
    """Converts each tool by `one`, which returns its schema."""
    refused, changed = [], []
    for tool in tools:
        try:
            schema = one(tool)
        except Exception as error:
            refused.append((tool.name, f"{type(error).__name__}: {error}"))
            continue
        schema = json.loads(json.dumps(schema, default=lambda it: getattr(it, "value", str(it))))
        original = getattr(tool, "inputSchema", None) or getattr(tool, "input_schema")
        if lost := loses(original, schema):
            changed.append((tool.name, lost))
    row(package, len(tools) - len(refused), refused, changed, note)


async def mcp_tools():
    """Lists the tools by the official Python SDK."""
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=COMMAND, env=ENVIRONMENT)
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        return (await session.list_tools()).tools
