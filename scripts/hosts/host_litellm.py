import asyncio
from common import *
from litellm.experimental_mcp_client.tools import transform_mcp_tool_to_openai_tool
from litellm.llms.vertex_ai.common_utils import _build_vertex_schema

tools = asyncio.run(mcp_tools())
openai = lambda tool: dict(transform_mcp_tool_to_openai_tool(tool)["function"]["parameters"])
convert("litellm", tools, openai, "OpenAI")
convert("litellm", tools, lambda tool: _build_vertex_schema(json.loads(json.dumps(openai(tool)))), "Gemini")
