//! The rules of model hosts for schemas and names, with their sources.

/// How a rule is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The schema is rewritten.
    Rewritten,
    /// The server does not start, or the program does not compile.
    Refused,
    /// The same, unless the tool allows it.
    Allowed,
    /// The schema stays, and a lint reports it.
    Linted,
}

/// One rule of one or more hosts. It documents the rewriting; tests compare it with the guide and with
/// the lints.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// The name of the rule, as the guide lists it.
    pub(crate) id: &'static str,
    /// What hosts object to.
    pub(crate) subject: &'static str,
    /// The hosts that refuse or change it, as read or run on `date`.
    pub(crate) hosts: &'static str,
    /// Where the behaviour is documented, reported or was observed.
    pub(crate) source: &'static str,
    /// When that was read or observed.
    pub(crate) date: &'static str,
    /// How the rule is kept.
    pub(crate) remedy: Remedy,
}

const fn rule(
    id: &'static str,
    subject: &'static str,
    hosts: &'static str,
    source: &'static str,
    remedy: Remedy,
) -> Rule {
    Rule {
        id,
        subject,
        hosts,
        source,
        date: "2026-11",
        remedy,
    }
}

/// Every rule that the rewriter, the start-up checks and the lints keep.
#[rustfmt::skip]
pub(crate) const RULES: &[Rule] = &[
    rule("root-object", "a root that is not an object with properties", "OpenAI, Anthropic, Gemini, Claude Code", "openai-agents-python#449, karakeep#1831", Remedy::Refused),
    rule("root-combinator", "`oneOf`, `anyOf`, `allOf`, `not`, `if` or `enum` at the root", "OpenAI, Anthropic, Gemini, Claude Code, Cursor", "claude-code#27337, opencode#35516", Remedy::Refused),
    rule("reference", "`$ref` and `$defs`", "Gemini, Cursor, llama-index, smolagents", "PrefectHQ/fastmcp#2808, gemini-cli#13326", Remedy::Linted),
    rule("recursive-type", "a type that contains itself", "llama-index, smolagents, semantic-kernel", "run of 31 hosts", Remedy::Linted),
    rule("nullable", "`null` in `type`, `anyOf` or `enum`", "Gemini, Cursor, semantic-kernel, autogen-ext, langchain-google-genai", "cursor#3778, dbx#6233, run of 31 hosts", Remedy::Rewritten),
    rule("boolean-schema", "`true` or `false` as a schema", "Gemini, crewai-tools, autogen-ext, litellm", "opencode#49464, run of 31 hosts", Remedy::Rewritten),
    rule("any-json", "a value of any JSON or of the unit type", "autogen-ext, smolagents, strict modes", "run of scripts/hosts.sh, run of 31 hosts", Remedy::Linted),
    rule("tuple", "an array without `items`", "OpenAI, Gemini, VS Code, Codex", "vscode#246119, run of 31 hosts", Remedy::Rewritten),
    rule("constant", "`const`, and `oneOf` of constants", "OpenAI strict, Gemini, llama-index, smolagents, autogen-ext", "gemini-cli#4400, run of 31 hosts", Remedy::Rewritten),
    rule("one-of", "`oneOf` of objects", "OpenAI strict, Gemini", "OpenAI structured outputs profile", Remedy::Rewritten),
    rule("tagged-enum", "a choice of objects that one object cannot express", "LangChain JS", "run of 31 hosts", Remedy::Linted),
    rule("untagged-enum", "a choice of forms without a tag", "OpenAI strict, LangChain JS", "OpenAI structured outputs profile", Remedy::Linted),
    rule("flattened-enum", "a choice beside `properties`", "openai-agents strict, crewai-tools", "run of 31 hosts", Remedy::Linted),
    rule("flattened-map", "fields of any name beside `properties`", "crewai-tools, autogen-ext, mcp-use", "run of scripts/hosts.sh", Remedy::Linted),
    rule("mixed-list", "a list or a tuple of several types", "autogen-ext, LangChain JS", "run of scripts/hosts.sh", Remedy::Linted),
    rule("map", "the type of the values of a map", "OpenAI strict, Gemini, crewai-tools", "run of scripts/hosts.sh", Remedy::Rewritten),
    rule("json-text", "text that is JSON, but no object, in a result without structured content", "Gemini CLI", "run of 31 hosts", Remedy::Rewritten),
    rule("format", "a `format` that is not widely known", "OpenAI strict, Gemini, autogen-ext (`email`)", "gemini-cli#2237, opencode#31002, run of scripts/hosts.sh", Remedy::Rewritten),
    rule("limits", "limits and defaults, which hosts remove before the model sees them", "OpenAI, VS Code", "vscode toolSchemaNormalizer.ts", Remedy::Rewritten),
    rule("closed-object", "`additionalProperties: false`", "google-genai", "run of 31 hosts", Remedy::Rewritten),
    rule("pattern-properties", "`patternProperties`", "Codex, LangChain, pydantic-ai", "run of 31 hosts", Remedy::Rewritten),
    rule("title", "`$schema`, `title` and `$id`", "OpenAI, Gemini", "gemini-cli#14970", Remedy::Rewritten),
    rule("large-schema", "more than 250 choices, 5000 properties or 10 levels", "OpenAI, Anthropic", "OpenAI structured outputs profile", Remedy::Linted),
    rule("long-description", "a description of more than 1024 characters", "OpenAI, VS Code", "vscode toolSchemaNormalizer.ts", Remedy::Linted),
    rule("missing-description", "a tool without a description", "VS Code, OpenAI", "vscode toolSchemaNormalizer.ts", Remedy::Linted),
    rule("tool-name", "a tool name outside `[a-zA-Z0-9_-]{1,64}`", "OpenAI, Anthropic, Gemini, Claude, Cursor", "codex#8174, meho#2745", Remedy::Allowed),
    rule("similar-names", "tool names that differ only in `.`, `-`, `/` and `_`, or in the case of letters", "Claude Code, opencode, openai-agents, crewai-tools", "run of 31 hosts", Remedy::Allowed),
    rule("long-tool-name", "a tool name of more than 40 characters", "Cursor", "cursor forum, server and tool together 60", Remedy::Linted),
    rule("property-name", "a property name outside `[a-zA-Z0-9_.-]{1,64}`", "Anthropic, Gemini", "go-sdk#169", Remedy::Refused),
    rule("leading-underscore", "a property name that starts with `_`", "llama-index, crewai-tools", "run of 31 hosts", Remedy::Linted),
    rule("many-tokens", "more than 20 000 tokens of tool definitions", "Anthropic, Codex", "codex#9266, Kiro#6304", Remedy::Linted),
    rule("wide-integer", "integers above 2^53", "hosts in JavaScript", "run of 31 hosts", Remedy::Linted),
    rule("wrapped-result", "a result under the key `result`", "Python FastMCP", "run of 31 hosts", Remedy::Rewritten),
    rule("unenforced-limit", "a limit that is not listed or not enforced", "all hosts", "schemars 1.2, regex 1.12", Remedy::Linted),
    rule("unsupported-keyword", "`not`, `if` and other keywords that hosts refuse or drop", "OpenAI, Gemini", "OpenAI structured outputs profile", Remedy::Linted),
];

/// The rule of this name.
#[cfg(test)]
pub(crate) fn find(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
