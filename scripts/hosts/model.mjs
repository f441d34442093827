// A program in the place of a model: it answers the requests of a host with calls of all tools, on loopback or as
// `fetch`, and records the schemas and results that the host sends. It knows four APIs, as streams or whole.
import { createServer } from "node:http";
import { TOOLS, fill, record } from "./common.mjs";

const CALLS_IN_A_TURN = 60;

export class Model {
  /** `nameOf` returns the name of the tool of the corpus for the name that a host gives to it. */
  constructor(nameOf = (name) => name) {
    this.nameOf = nameOf;
    this.schemas = {};
    this.hostNames = {};
    this.results = Object.fromEntries(Object.entries(TOOLS).map(([tool, texts]) => [tool, texts.map(() => null)]));
    this.waiting = Object.entries(TOOLS).flatMap(([tool, texts]) => texts.map((text, index) => ({ tool, text, index })));
    this.called = new Map();
    this.fetch = async (url, init) => {
      const request = url instanceof Request ? url : new Request(url, init);
      const { type, text } = this.answer(request.url, await request.json());
      return new Response(text, { headers: { "content-type": type } });
    };
  }

  /** Starts a server on loopback, and returns its address. */
  async listen() {
    this.server = createServer(async (request, response) => {
      let text = "";
      for await (const chunk of request) text += chunk;
      try {
        const answer = this.answer(request.url, JSON.parse(text || "{}"));
        response.writeHead(200, { "content-type": answer.type }).end(answer.text);
      } catch (error) {
        console.error(request.method, request.url, error);
        response.writeHead(404, { "content-type": "application/json" }).end("{}");
      }
    });
    await new Promise((done) => this.server.listen(0, "127.0.0.1", done));
    return `http://127.0.0.1:${this.server.address().port}`;
  }

  /** Records the outcome. */
  finish(name, conversion) {
    this.server?.close();
    this.server?.closeAllConnections();
    const refused = {}, results = {};
    for (const tool of Object.keys(TOOLS)) {
      if (!(tool in this.schemas)) refused[tool] = "the tool is not sent to the model";
      else results[tool] = this.results[tool].map((it) => it ?? { error: "no result is sent to the model" });
    }
    record(name, conversion, { refused, schemas: this.schemas, results });
  }

  answer(url, body) {
    const path = new URL(url, "http://localhost").pathname;
    const api = Object.entries(APIS).find(([end]) => path.includes(end))?.[1];
    if (!api) throw new Error(`unknown address ${path}`);
    let known = false;
    for (const { name, schema } of api.tools(body)) {
      const tool = this.nameOf(name ?? "");
      if (!(tool in TOOLS)) continue;
      known = true;
      this.schemas[tool] = schema ?? {};
      this.hostNames[tool] = name;
    }
    for (const { id, name, result } of api.results(body)) {
      const key = id && this.called.has(id) ? id : this.firstCalled(this.nameOf(name ?? ""));
      const call = this.called.get(key);
      if (!call) continue;
      this.results[call.tool][call.index] = { result };
      this.called.delete(key);
    }
    const calls = known ? this.nextCalls() : [];
    const whole = raw(api.whole(calls, body.model), calls);
    const streams = body.stream || path.includes("stream");
    if (!streams) return { type: "application/json", text: whole };
    const lines = api.events(calls, body.model).map(({ event, data }) => {
      const text = typeof data === "string" ? data : raw(data, calls);
      return `${event ? `event: ${event}\n` : ""}data: ${text}\n\n`;
    });
    return { type: "text/event-stream", text: lines.join("") };
  }

  /** Returns the id of the first call of a tool that has no result: Gemini has no ids in some versions. */
  firstCalled(tool) {
    return [...this.called].find(([, call]) => call.tool === tool)?.[0];
  }

  nextCalls() {
    const calls = [];
    while (calls.length < CALLS_IN_A_TURN && this.waiting.length) {
      const { tool, text, index } = this.waiting.shift();
      if (!(tool in this.schemas)) continue;
      const id = `call_${tool}_${index}`;
      const value = JSON.parse(text);
      const filled = JSON.stringify(fill(value, this.schemas[tool]));
      this.called.set(id, { tool, index });
      // The text keeps the digits that `JSON.parse` rounds.
      calls.push({ id, name: this.hostNames[tool], text: filled === JSON.stringify(value) ? text : filled });
    }
    return calls;
  }
}

/** Writes a value as JSON, with the arguments of the calls as their exact text. */
function raw(value, calls) {
  let text = JSON.stringify(value);
  for (const { id, text: exact } of calls) text = text.replace(`"arguments of ${id}"`, () => exact);
  return text;
}

const argumentsOf = ({ id }) => `arguments of ${id}`;
const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };

const chat = {
  tools: (body) => (body.tools ?? []).map((it) => ({ name: it.function?.name, schema: it.function?.parameters })),
  results: (body) =>
    (body.messages ?? [])
      .filter((it) => it.role === "tool")
      .map((it) => ({ id: it.tool_call_id, result: it.content })),
  message: (calls) =>
    calls.length
      ? { role: "assistant", content: null, tool_calls: calls.map((it, index) => ({ index, id: it.id, type: "function", function: { name: it.name, arguments: it.text } })) }
      : { role: "assistant", content: "done" },
  rest: (model) => ({ id: "chat", created: 1, model, usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 } }),
  whole: (calls, model) => ({
    ...chat.rest(model),
    object: "chat.completion",
    choices: [{ index: 0, message: chat.message(calls), finish_reason: calls.length ? "tool_calls" : "stop" }],
  }),
  events: (calls, model) => {
    const piece = { ...chat.rest(model), object: "chat.completion.chunk" };
    return [
      { data: { ...piece, choices: [{ index: 0, delta: chat.message(calls), finish_reason: null }] } },
      { data: { ...piece, choices: [{ index: 0, delta: {}, finish_reason: calls.length ? "tool_calls" : "stop" }] } },
      { data: "[DONE]" },
    ];
  },
};

const responses = {
  // Codex groups the tools of a server in a namespace.
  tools: (body) =>
    (body.tools ?? []).flatMap((it) =>
      it.tools
        ? it.tools.map((inner) => ({ name: `${it.name}/${inner.name}`, schema: inner.parameters }))
        : [{ name: it.name, schema: it.parameters }],
    ),
  results: (body) =>
    (Array.isArray(body.input) ? body.input : [])
      .filter((it) => it.type === "function_call_output")
      .map((it) => ({ id: it.call_id, result: it.output })),
  output: (calls) =>
    calls.length
      ? calls.map((it) => {
          const [namespace, name] = it.name.includes("/") ? it.name.split("/") : [undefined, it.name];
          return { type: "function_call", id: `fc_${it.id}`, call_id: it.id, name, namespace, arguments: it.text, status: "completed" };
        })
      : [{ type: "message", id: "message", role: "assistant", status: "completed", content: [{ type: "output_text", text: "done", annotations: [] }] }],
  whole: (calls, model) => ({
    id: "response", object: "response", created_at: 1, status: "completed", model, output: responses.output(calls),
    parallel_tool_calls: true, tools: [],
    usage: { ...usage, input_tokens_details: { cached_tokens: 0 }, output_tokens_details: { reasoning_tokens: 0 } },
  }),
  events: (calls, model) => {
    const response = responses.whole(calls, model);
    const events = [{ type: "response.created", response: { ...response, status: "in_progress", output: [] } }];
    response.output.forEach((item, output_index) => {
      events.push({ type: "response.output_item.added", output_index, item: { ...item, status: "in_progress" } });
      events.push({ type: "response.output_item.done", output_index, item });
    });
    events.push({ type: "response.completed", response });
    return events.map((data, sequence_number) => ({ event: data.type, data: { ...data, sequence_number } }));
  },
};

const anthropic = {
  tools: (body) => (body.tools ?? []).map((it) => ({ name: it.name, schema: it.input_schema })),
  results: (body) =>
    (body.messages ?? [])
      .flatMap((it) => (Array.isArray(it.content) ? it.content : []))
      .filter((it) => it.type === "tool_result")
      .map((it) => ({ id: it.tool_use_id, result: it.content })),
  blocks: (calls) =>
    calls.length
      ? calls.map((it) => ({ type: "tool_use", id: it.id, name: it.name, input: argumentsOf(it) }))
      : [{ type: "text", text: "done" }],
  whole: (calls, model) => ({
    id: "message", type: "message", role: "assistant", model, content: anthropic.blocks(calls),
    stop_reason: calls.length ? "tool_use" : "end_turn", stop_sequence: null, usage,
  }),
  events: (calls, model) => {
    const { content, stop_reason, ...rest } = anthropic.whole(calls, model);
    const events = [{ type: "message_start", message: { ...rest, content: [], stop_reason: null } }];
    content.forEach((block, index) => {
      const isCall = block.type === "tool_use";
      const delta = isCall ? { type: "input_json_delta", partial_json: calls[index].text } : { type: "text_delta", text: block.text };
      events.push({ type: "content_block_start", index, content_block: isCall ? { ...block, input: {} } : { ...block, text: "" } });
      events.push({ type: "content_block_delta", index, delta });
      events.push({ type: "content_block_stop", index });
    });
    events.push({ type: "message_delta", delta: { stop_reason, stop_sequence: null }, usage });
    events.push({ type: "message_stop" });
    return events.map((data) => ({ event: data.type, data }));
  },
};

const gemini = {
  tools: (body) =>
    (body.tools ?? [])
      .flatMap((it) => it.functionDeclarations ?? it.function_declarations ?? [])
      .map((it) => ({ name: it.name, schema: it.parametersJsonSchema ?? it.parameters })),
  // Only the newest results: some hosts send no ids, and each request repeats the older results.
  results: (body) =>
    (body.contents ?? [])
      .slice((body.contents ?? []).findLastIndex((it) => it.role === "model") + 1)
      .flatMap((it) => it.parts ?? [])
      .filter((it) => it.functionResponse)
      .map(({ functionResponse: it }) => ({ id: it.id, name: it.name, result: it.response })),
  whole: (calls) => ({
    candidates: [{
      index: 0,
      finishReason: "STOP",
      content: {
        role: "model",
        parts: calls.length
          ? calls.map((it) => ({ functionCall: { id: it.id, name: it.name, args: argumentsOf(it) } }))
          : [{ text: "done" }],
      },
    }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
  }),
  events: (calls) => [{ data: gemini.whole(calls) }],
};

const APIS = {
  "/chat/completions": chat,
  "/responses": responses,
  "/messages": anthropic,
  GenerateContent: gemini,
  generateContent: gemini,
};
