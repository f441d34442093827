//! One checker per host: the rules that it has for the schemas of arguments.

use serde_json::Value;

use crate::walk::{Part, parts};
use crate::{output, rules};

/// One rule of a host.
#[derive(Clone, Copy)]
pub struct Rule {
    /// The short name.
    pub name: &'static str,
    /// Returns `true` for a part that the host refuses or misreads.
    pub refuses: fn(&Part<'_>) -> bool,
    /// The lint that tells users about it, for what cannot be rewritten.
    pub lint: Option<&'static str>,
    /// A schema that breaks the rule.
    pub broken: &'static str,
}

macro_rules! rules {
    ($($id:ident $function:ident $lint:expr, $broken:literal;)*) => {
        $(const $id: Rule = Rule {
            name: stringify!($function), refuses: rules::$function, lint: $lint, broken: $broken,
        };)*
    };
}

rules! {
    ROOT root_is_no_object None, r#"{ "type": "object" }"#;
    ROOT_CHOICE root_has_choice None, r#"{ "type": "object", "properties": {}, "anyOf": [{}] }"#;
    REFERENCE has_reference None, r##"{ "items": { "$ref": "#" } }"##;
    TYPES has_list_of_types None, r#"{ "items": { "type": ["array", "null"], "items": {} } }"#;
    NULL has_null None, r#"{ "anyOf": [{ "type": "string", "enum": ["a", null] }] }"#;
    BOOLEAN is_boolean None, r#"{ "items": true }"#;
    ITEMS has_no_items None, r#"{ "type": "array", "prefixItems": [] }"#;
    TUPLE has_prefix_items None, r#"{ "type": "array", "prefixItems": [], "items": {} }"#;
    CONST has_const None, r#"{ "anyOf": [{ "const": "a" }] }"#;
    ENUM has_other_enum None, r#"{ "type": "integer", "enum": [1, 2] }"#;
    COMBINATOR has_combinator None, r#"{ "items": { "oneOf": [] } }"#;
    FORMAT has_unknown_format None, r#"{ "type": "integer", "format": "uint8" }"#;
    EMAIL has_email_format None, r#"{ "type": "string", "format": "email" }"#;
    CLOSED has_boolean_additional_properties None, r#"{ "additionalProperties": false }"#;
    PATTERNS has_pattern_properties None, r#"{ "patternProperties": {} }"#;
    ANNOTATION has_annotation None, r#"{ "title": "Root" }"#;
    KEYWORD has_keyword_gemini_lacks None, r#"{ "exclusiveMinimum": 0 }"#;
    TYPE has_no_type Some("any-json"), r#"{ "properties": { "any": { "description": "Any JSON." } } }"#;
    NAME has_other_property_name None, r#"{ "properties": { "first name": {} } }"#;
    UNDERSCORE has_leading_underscore Some("leading-underscore"), r#"{ "properties": { "_id": {} } }"#;
    DEPTH is_too_deep Some("large-schema"), r#"{ "items": { "items": { "items": { "items": { "items":
        { "items": { "items": { "items": { "items": { "items": {} } } } } } } } } } }"#;
    CHOICES has_many_choices Some("large-schema"), "";
    BESIDE has_choice_beside_properties Some("flattened-enum"), r#"{ "properties": {}, "anyOf": [] }"#;
    META breaks_meta_schema None, r#"{ "required": ["a", "a"] }"#;
    REQUIRED requires_unknown_property None, r#"{ "properties": {}, "required": ["a"] }"#;
    // LangChain JS merges an untagged choice too; which of the two lints it is depends on the tag.
    MERGED has_choice_with_object Some("tagged-enum"), r#"{ "anyOf": [{ "type": "object" }, { "type": "string" }] }"#;
    MIXED has_mixed_items Some("mixed-list"), r#"{ "type": "array", "items": { "anyOf": [{}] } }"#;
    EXTRA has_properties_and_others Some("flattened-map"), r#"{ "properties": {}, "additionalProperties": {} }"#;
}

/// The hosts, with the rules that were read or observed for each.
pub const HOSTS: &[(&str, &[Rule])] = &[
    ("JSON Schema 2020-12", &[META, REQUIRED]),
    ("OpenAI", &[ROOT, ROOT_CHOICE, BOOLEAN, ITEMS, REQUIRED]),
    (
        "OpenAI strict",
        &[
            ROOT,
            ROOT_CHOICE,
            BOOLEAN,
            ITEMS,
            CONST,
            COMBINATOR,
            FORMAT,
            PATTERNS,
            DEPTH,
            CHOICES,
            BESIDE,
            TYPE,
        ],
    ),
    (
        "Anthropic",
        &[ROOT, ROOT_CHOICE, NAME, META, DEPTH, CHOICES],
    ),
    (
        "Gemini API",
        &[
            ROOT,
            ROOT_CHOICE,
            REFERENCE,
            TYPES,
            NULL,
            BOOLEAN,
            ITEMS,
            CONST,
            ENUM,
            COMBINATOR,
            ANNOTATION,
            KEYWORD,
            NAME,
            REQUIRED,
        ],
    ),
    ("google-genai", &[CLOSED, TYPES, BOOLEAN, REFERENCE]),
    ("VS Code", &[ITEMS, CONST, REFERENCE, ROOT]),
    ("Claude Code", &[ROOT, ROOT_CHOICE, NAME]),
    ("Cursor", &[ROOT_CHOICE, REFERENCE, TYPES]),
    ("semantic-kernel", &[TYPES, REFERENCE]),
    (
        "autogen-ext",
        &[TYPES, CONST, BOOLEAN, COMBINATOR, EMAIL, TYPE, MIXED, EXTRA],
    ),
    ("llama-index", &[CONST, REFERENCE, UNDERSCORE]),
    ("crewai-tools", &[BOOLEAN, UNDERSCORE, BESIDE, TUPLE, EXTRA]),
    ("langchain-google-genai", &[NULL, BOOLEAN, ENUM, TYPES]),
    ("LangChain JS", &[CONST, PATTERNS, MERGED]),
    ("Codex", &[TUPLE, BOOLEAN, PATTERNS, TYPES]),
    ("litellm", &[BOOLEAN, TUPLE, CONST, REFERENCE]),
    ("smolagents", &[CONST, REFERENCE, TYPE]),
    ("pydantic-ai", &[PATTERNS, COMBINATOR, TYPE]),
];

macro_rules! output_rules {
    ($($id:ident $function:ident $broken:literal;)*) => {
        $(const $id: Rule = Rule {
            name: stringify!($function), refuses: output::$function, lint: None, broken: $broken,
        };)*
    };
}

output_rules! {
    OUTPUT_ROOT root_is_no_object r##"{ "$ref": "#/$defs/a", "$defs": { "a": { "type": "object" } } }"##;
    OUTPUT_META breaks_meta_schema r#"{ "properties": { "a": { "type": ["string", "string"] } } }"#;
    OUTPUT_FORMAT has_format_of_numbers r#"{ "properties": { "a": { "type": "integer", "format": "uint8" } } }"#;
    OUTPUT_REFERENCE has_dangling_reference r##"{ "properties": { "a": { "$ref": "#/$defs/b" } } }"##;
    OUTPUT_BOOLEAN has_true_schema r#"{ "properties": { "a": true } }"#;
    OUTPUT_TITLE has_title r#"{ "title": "Result" }"#;
    OUTPUT_WRAPPED is_wrapped_without_mark r#"{ "properties": { "result": {} }, "required": ["result"] }"#;
}

/// The clients, with the rules that were read or observed for the schemas of results.
pub const CLIENTS: &[(&str, &[Rule])] = &[
    ("JSON Schema 2020-12", &[OUTPUT_META, OUTPUT_REFERENCE]),
    (
        "MCP SDK for TypeScript (Ajv)",
        &[OUTPUT_ROOT, OUTPUT_META, OUTPUT_REFERENCE],
    ),
    ("claude.ai", &[OUTPUT_ROOT, OUTPUT_META]),
    (
        "Cursor",
        &[OUTPUT_ROOT, OUTPUT_META, OUTPUT_FORMAT, OUTPUT_REFERENCE],
    ),
    ("Kiro", &[OUTPUT_ROOT]),
    ("Gemini CLI", &[OUTPUT_TITLE, OUTPUT_ROOT]),
    ("crewai-tools", &[OUTPUT_BOOLEAN]),
    (
        "FastMCP for Python",
        &[OUTPUT_ROOT, OUTPUT_WRAPPED, OUTPUT_REFERENCE],
    ),
];

/// Returns the rules of a host that a schema breaks, with the place.
pub fn broken(rules: &[Rule], schema: &Value) -> Vec<(Rule, String)> {
    let parts = parts(schema);
    let breaks = |rule: &Rule| {
        let part = parts.iter().find(|part| (rule.refuses)(part))?;
        Some((*rule, part.path.clone()))
    };
    rules.iter().filter_map(breaks).collect()
}
