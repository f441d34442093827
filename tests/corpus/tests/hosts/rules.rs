//! The rules of hosts for parts of schemas, as predicates: each returns `true` for a part that a host
//! refuses or misreads. The comment of each rule names the report or the run that shows it.

use serde_json::Value;

use crate::walk::Part;

/// Keywords that Gemini's `Schema` has. It refuses all others (gemini-cli#13326, gemini-cli#14970).
const OF_GEMINI: [&str; 21] = [
    "type",
    "format",
    "title",
    "description",
    "nullable",
    "enum",
    "maxItems",
    "minItems",
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "minLength",
    "maxLength",
    "pattern",
    "example",
    "anyOf",
    "default",
    "items",
    "minimum",
    "maximum",
];

/// claude-code#27337, openai-agents-python#449: the root is an object with properties.
pub fn root_is_no_object(part: &Part<'_>) -> bool {
    part.depth == 0 && (part.kind() != Some("object") || !part.has("properties"))
}

/// claude-code#4886, opencode#35516: no choice at the root.
pub fn root_has_choice(part: &Part<'_>) -> bool {
    let keys = ["oneOf", "anyOf", "allOf", "not", "if", "enum"];
    part.depth == 0 && keys.iter().any(|key| part.has(key))
}

/// PrefectHQ/fastmcp#2808, copilot-cli#1876, llama-index and smolagents as run: no references.
pub fn has_reference(part: &Part<'_>) -> bool {
    ["$ref", "$defs", "definitions", "$dynamicRef"]
        .iter()
        .any(|key| part.has(key))
}

/// dbx#6233, cursor#3778, semantic-kernel and autogen-ext as run: one type, by its name.
pub fn has_list_of_types(part: &Part<'_>) -> bool {
    part.get("type").is_some_and(|it| !it.is_string())
}

/// langchain-google-genai as run: `null` is no choice of an `enum`, and no type.
pub fn has_null(part: &Part<'_>) -> bool {
    let choices = part.get("enum").and_then(Value::as_array);
    part.kind() == Some("null") || choices.is_some_and(|it| it.contains(&Value::Null))
}

/// opencode#49464, crewai-tools and litellm as run: a schema is an object.
pub fn is_boolean(part: &Part<'_>) -> bool {
    part.keywords.is_none()
}

/// vscode#246119, vscode#284536: an array has `items`.
pub fn has_no_items(part: &Part<'_>) -> bool {
    part.kind() == Some("array") && !part.get("items").is_some_and(Value::is_object)
}

/// Codex and litellm as run: the members of a tuple are not read.
pub fn has_prefix_items(part: &Part<'_>) -> bool {
    part.has("prefixItems")
}

/// gemini-cli#4400, llama-index and smolagents as run: `const` is not read.
pub fn has_const(part: &Part<'_>) -> bool {
    part.has("const")
}

/// vscode#328147, gemini-cli#4400: an `enum` has the type string, and strings alone.
pub fn has_other_enum(part: &Part<'_>) -> bool {
    part.get("enum").is_some_and(|it| {
        let all = it
            .as_array()
            .is_some_and(|it| it.iter().all(Value::is_string));
        !all || part.kind() != Some("string")
    })
}

/// OpenAI's profile of structured outputs: no `oneOf`, `allOf`, `not` and the like.
pub fn has_combinator(part: &Part<'_>) -> bool {
    let keys = [
        "oneOf",
        "allOf",
        "not",
        "if",
        "then",
        "else",
        "dependentSchemas",
    ];
    keys.iter().any(|key| part.has(key))
}

/// gemini-cli#2237, opencode#31002, and the run of hosts: formats that are widely known.
pub fn has_unknown_format(part: &Part<'_>) -> bool {
    let known = [
        "date-time",
        "date",
        "time",
        "duration",
        "email",
        "uuid",
        "ipv4",
        "ipv6",
        "uri",
    ];
    part.get("format")
        .is_some_and(|it| !it.as_str().is_some_and(|it| known.contains(&it)))
}

/// autogen-ext 0.7.5 as run: without the package email-validator it loses the list for this format.
pub fn has_email_format(part: &Part<'_>) -> bool {
    part.get("format").is_some_and(|it| it == "email")
}

/// google-genai 3.6.1 as run: `additionalProperties` is a schema.
pub fn has_boolean_additional_properties(part: &Part<'_>) -> bool {
    part.get("additionalProperties")
        .is_some_and(Value::is_boolean)
}

/// Codex, langchain and pydantic-ai strict as run: `patternProperties` is not read.
pub fn has_pattern_properties(part: &Part<'_>) -> bool {
    part.has("patternProperties")
}

/// gemini-cli#14970: no `$schema`, `title` or `$id`.
pub fn has_annotation(part: &Part<'_>) -> bool {
    ["$schema", "title", "$id", "$comment"]
        .iter()
        .any(|key| part.has(key))
}

/// Gemini's `Schema`, beside `additionalProperties`, which its newer versions take.
pub fn has_keyword_gemini_lacks(part: &Part<'_>) -> bool {
    let mut keys = part.keywords.into_iter().flat_map(|it| it.keys());
    keys.any(|key| key != "additionalProperties" && !OF_GEMINI.contains(&key.as_str()))
}

/// autogen-ext 0.7.5, smolagents and strands as run: a value has a type, or is a choice.
pub fn has_no_type(part: &Part<'_>) -> bool {
    part.depth > 0 && part.keywords.is_some() && !part.has("type") && !part.has("anyOf")
}

/// go-sdk#169 and the error of Anthropic's API: `^[a-zA-Z0-9_.-]{1,64}$`.
pub fn has_other_property_name(part: &Part<'_>) -> bool {
    let mut names = part
        .get("properties")
        .and_then(Value::as_object)
        .into_iter();
    let is_legal = |letter: char| letter.is_ascii_alphanumeric() || "_.-".contains(letter);
    names.any(|names| {
        names
            .keys()
            .any(|it| it.is_empty() || it.len() > 64 || !it.chars().all(is_legal))
    })
}

/// llama-index and crewai-tools as run: pydantic makes such a field private.
pub fn has_leading_underscore(part: &Part<'_>) -> bool {
    let mut names = part
        .get("properties")
        .and_then(Value::as_object)
        .into_iter();
    names.any(|names| names.keys().any(|it| it.starts_with('_')))
}

/// OpenAI's profile: at most 10 levels of objects and lists; 5000 properties are never reached here.
pub fn is_too_deep(part: &Part<'_>) -> bool {
    let levels = part.path.matches(['.', '[']).count();
    levels >= 10
}

/// OpenAI's profile: at most 250 choices.
pub fn has_many_choices(part: &Part<'_>) -> bool {
    let choices = part.get("enum").and_then(Value::as_array);
    choices.is_some_and(|it| it.len() > 250)
}

/// openai-agents strict and crewai-tools as run: a choice beside properties cannot be satisfied.
pub fn has_choice_beside_properties(part: &Part<'_>) -> bool {
    part.has("properties") && (part.has("anyOf") || part.has("oneOf"))
}

/// LangChain JS 1.1.4 as run: the branches of a choice with an object are merged into one object.
pub fn has_choice_with_object(part: &Part<'_>) -> bool {
    let branches = part.get("anyOf").and_then(Value::as_array);
    branches.is_some_and(|it| it.len() > 1 && it.iter().any(|it| it["type"] == "object"))
}

/// autogen-ext 0.7.5 as run: the items of a list that are a choice become strings.
pub fn has_mixed_items(part: &Part<'_>) -> bool {
    part.get("items")
        .is_some_and(|it| it.get("anyOf").is_some())
}

/// crewai-tools 1.15.30 and mcp-use 1.7.1 as run: other fields beside properties are refused or lost.
pub fn has_properties_and_others(part: &Part<'_>) -> bool {
    part.has("properties") && part.has("additionalProperties")
}

/// JSON Schema 2020-12, section 6: the values of keywords have the forms of the meta-schema.
pub fn breaks_meta_schema(part: &Part<'_>) -> bool {
    let Some(keywords) = part.keywords else {
        return false;
    };
    let unique = |it: &Value| {
        let list = it.as_array().cloned().unwrap_or_default();
        let is_first = |(index, value): (usize, &Value)| !list[..index].contains(value);
        it.is_array() && list.iter().enumerate().all(is_first)
    };
    let types = [
        "object", "array", "string", "number", "integer", "boolean", "null",
    ];
    let is_valid = |(key, value): (&String, &Value)| match key.as_str() {
        "type" => value.as_str().is_some_and(|it| types.contains(&it)),
        "required" => {
            unique(value)
                && value
                    .as_array()
                    .is_some_and(|it| it.iter().all(Value::is_string))
        }
        "enum" => unique(value) && value != &Value::Array(Vec::new()),
        "anyOf" => value.as_array().is_some_and(|it| !it.is_empty()),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            value.is_u64()
        }
        "minimum" | "maximum" | "multipleOf" => value.is_number(),
        "properties" => value.is_object(),
        "description" | "format" | "pattern" => value.is_string(),
        _ => true,
    };
    !keywords.iter().all(is_valid)
}

/// Ajv in strict mode, and OpenAI: each name in `required` is a property.
pub fn requires_unknown_property(part: &Part<'_>) -> bool {
    let required = part.get("required").and_then(Value::as_array);
    let is_known = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        part.get("properties")
            .is_some_and(|it| it.get(name).is_some())
    };
    required.is_some_and(|it| !it.iter().all(is_known))
}
