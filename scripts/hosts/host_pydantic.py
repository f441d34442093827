import asyncio
from common import *
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer
from pydantic_ai.profiles.google import GoogleJsonSchemaTransformer

tools = asyncio.run(mcp_tools())
for name, transformer, strict in (
    ("OpenAI", OpenAIJsonSchemaTransformer, None),
    ("OpenAI strict", OpenAIJsonSchemaTransformer, True),
    ("Google", GoogleJsonSchemaTransformer, None),
):
    original = lambda tool: json.loads(json.dumps(getattr(tool, "inputSchema", None) or getattr(tool, "input_schema")))
    convert("pydantic-ai-slim", tools, lambda tool: transformer(original(tool), strict=strict).walk(), name)
