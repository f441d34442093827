// The parts that all hosts in JavaScript share: the tools of the corpus, and the record of what a host does with them.
import { appendFileSync, readFileSync } from "node:fs";

export const COMMAND = process.env.CORPUS;
export const ENVIRONMENT = { FASTMCP_LOG_LEVEL: "off", PATH: process.env.PATH };

// The arguments of each call, as texts, by the name of the tool. A text has the exact digits of wide integers, as a
// model writes them.
export const TOOLS = JSON.parse(readFileSync(process.env.TOOLS, "utf8"));

/** Adds `null` for each absent property that a schema requires and allows to be null, as models do in strict mode. */
export function fill(value, schema, root = schema) {
  if (!schema || typeof schema !== "object") return value;
  if (schema.$ref) {
    const path = schema.$ref.replace(/^#\//, "").split("/");
    return fill(value, path.reduce((at, key) => at?.[key], root), root);
  }
  const branches = (schema.anyOf ?? []).filter((it) => it.type !== "null");
  if (branches.length === 1) return fill(value, branches[0], root);
  if (Array.isArray(value)) return value.map((it) => fill(it, schema.items, root));
  if (!value || typeof value !== "object") return value;
  const properties = schema.properties ?? {};
  const filled = Object.fromEntries(Object.entries(value).map(([key, it]) => [key, fill(it, properties[key], root)]));
  for (const key of schema.required ?? []) {
    if (!(key in filled) && JSON.stringify(properties[key] ?? {}).includes("null")) filled[key] = null;
  }
  return filled;
}

/** Returns the version of an installed package. */
export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
}

/** Appends what one conversion of a package did to the record. */
export function record(name, conversion, outcome) {
  const line = { package: name, version: versionOf(name), conversion, ...outcome };
  appendFileSync(process.env.RECORD, JSON.stringify(line) + "\n");
}

export function message(error) {
  return `${error?.name ?? "Error"}: ${error?.message ?? error}`;
}

/**
 * Converts and calls each tool, and records what happened. `listed` are the names that the host has, `convert(name)`
 * returns the schema that the host sends to a model, and `call(name, arguments)` the result that it shows to the model.
 */
export async function judge(name, conversion, listed, convert, call) {
  const outcome = { refused: {}, schemas: {}, results: {} };
  for (const [tool, texts] of Object.entries(TOOLS)) {
    if (!listed.includes(tool)) {
      outcome.refused[tool] = "the tool is not listed";
      continue;
    }
    try {
      outcome.schemas[tool] = await convert(tool);
    } catch (error) {
      outcome.refused[tool] = message(error);
      continue;
    }
    outcome.results[tool] = [];
    for (const text of texts) {
      try {
        const result = await call(tool, fill(JSON.parse(text), outcome.schemas[tool]));
        outcome.results[tool].push({ result: result ?? null });
      } catch (error) {
        outcome.results[tool].push({ error: message(error) });
      }
    }
  }
  record(name, conversion, outcome);
}
