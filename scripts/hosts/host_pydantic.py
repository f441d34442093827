from common import *
from fastmcp.client.transports import StdioTransport
from pydantic_ai import Agent
from pydantic_ai.mcp import MCPToolset
from pydantic_ai.messages import ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import FunctionModel
from pydantic_ai.profiles.google import GoogleJsonSchemaTransformer
from pydantic_ai.profiles.openai import OpenAIJsonSchemaTransformer

CALLS_IN_A_TURN = 100


async def run(agent, calls, tools):
    """Runs the agent with all calls, as `{id: (name, arguments)}`, and returns the results by id."""
    waiting, results = list(calls.items()), {}

    def model(messages, info):
        """Stands for the model: keeps the tools that it gets, and calls some."""
        tools.update({tool.name: tool.parameters_json_schema for tool in info.function_tools})
        for part in messages[-1].parts:
            if isinstance(part, ToolReturnPart):
                results[part.tool_call_id] = part.content
            elif isinstance(part, RetryPromptPart):
                results[part.tool_call_id] = {"retry": part.model_response()}
        turn = [waiting.pop(0) for _ in waiting[:CALLS_IN_A_TURN]]
        parts = [ToolCallPart(name, arguments, tool_call_id=id) for id, (name, arguments) in turn]
        return ModelResponse(parts=parts or [TextPart("done")])

    with agent.override(model=FunctionModel(model)):
        await agent.run("Call all tools.")
    return results


async def main():
    transport = StdioTransport(command=COMMAND, args=[], env=ENVIRONMENT)
    agent = Agent(toolsets=[MCPToolset(transport)], retries=10_000)
    async with agent:
        tools = {}
        await run(agent, {}, tools)
        for conversion, transformer, strict in (
            ("OpenAI", OpenAIJsonSchemaTransformer, None),
            ("OpenAI strict", OpenAIJsonSchemaTransformer, True),
            ("Gemini", GoogleJsonSchemaTransformer, None),
        ):
            convert = lambda name: transformer(plain(tools[name]), strict=strict).walk()
            calls = {}
            for name, texts in TOOLS.items():
                for index, text in enumerate(texts):
                    try:
                        calls[f"{name}/{index}"] = (name, fill(json.loads(text), convert(name)))
                    except Exception:
                        pass  # `judge` reports the refused tool.
            results = await run(agent, calls, {})
            answers = {name: iter(range(len(texts))) for name, texts in TOOLS.items()}
            call = lambda name, arguments: results[f"{name}/{next(answers[name])}"]
            await judge("pydantic-ai-slim", conversion, tools, convert, call)


asyncio.run(main())
