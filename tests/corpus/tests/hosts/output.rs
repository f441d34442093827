//! The rules of clients for the schemas of results, as predicates like those for arguments.

use serde_json::Value;

use crate::rules;
use crate::walk::Part;

/// Kiro#10830, PrefectHQ/fastmcp#2455, and the schema of `Tool` in the MCP specification.
pub fn root_is_no_object(part: &Part<'_>) -> bool {
    part.depth == 0 && part.kind() != Some("object")
}

/// Ajv compiles the schema, so each keyword has its form; a type may be a list.
pub fn breaks_meta_schema(part: &Part<'_>) -> bool {
    let Some(Value::Array(kinds)) = part.get("type") else {
        return rules::breaks_meta_schema(part);
    };
    let is_first = |(index, kind): (usize, &Value)| !kinds[..index].contains(kind);
    let is_valid = |kind: &Value| {
        let mut keywords = part.keywords.cloned().unwrap_or_default();
        keywords.insert("type".to_owned(), kind.clone());
        let part = Part {
            keywords: Some(&keywords),
            path: part.path.clone(),
            depth: part.depth,
            definitions: part.definitions.clone(),
        };
        !rules::breaks_meta_schema(&part)
    };
    kinds.is_empty() || !kinds.iter().enumerate().all(is_first) || !kinds.iter().all(is_valid)
}

/// Ajv in strict mode: the formats of Rust's numbers are not in the standard.
pub fn has_format_of_numbers(part: &Part<'_>) -> bool {
    let is_number = ["integer", "number"].iter().any(|kind| {
        let kinds = part.get("type");
        kinds.is_some_and(|it| {
            it == kind
                || it
                    .as_array()
                    .is_some_and(|it| it.iter().any(|it| it == kind))
        })
    });
    is_number && part.has("format")
}

/// Ajv: "can't resolve reference".
pub fn has_dangling_reference(part: &Part<'_>) -> bool {
    let reference = part.get("$ref").and_then(Value::as_str);
    reference.is_some_and(|it| {
        it != "#"
            && !part
                .definitions
                .iter()
                .any(|name| it == format!("#/$defs/{name}"))
    })
}

/// crewai-tools as run: a schema is an object. `false` closes an object and stays.
pub fn has_true_schema(part: &Part<'_>) -> bool {
    part.keywords.is_none()
}

/// gemini-cli#14970.
pub fn has_title(part: &Part<'_>) -> bool {
    rules::has_annotation(part)
}

/// fastmcp 4.2.3 for Python as run: a wrapped result without the mark becomes `Root(result=…)`.
pub fn is_wrapped_without_mark(part: &Part<'_>) -> bool {
    let names = part.get("properties").and_then(Value::as_object);
    let is_wrapped = names.is_some_and(|it| it.len() == 1 && it.contains_key("result"));
    part.depth == 0 && is_wrapped && !part.has("x-fastmcp-wrap-result")
}
