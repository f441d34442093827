//! Walks the sub-schemas of a schema.

use serde_json::{Map, Value};

/// Keywords whose value is one schema.
const ONE: [&str; 10] = [
    "items",
    "additionalProperties",
    "contains",
    "propertyNames",
    "unevaluatedItems",
    "unevaluatedProperties",
    "not",
    "if",
    "then",
    "else",
];
/// Keywords whose value is a list of schemas.
const LIST: [&str; 4] = ["prefixItems", "allOf", "anyOf", "oneOf"];
/// Keywords whose value maps names to schemas.
const NAMED: [&str; 4] = [
    "properties",
    "patternProperties",
    "$defs",
    "dependentSchemas",
];

/// Calls `visit` for each direct sub-schema, with the path to it. The values of `default`, `enum`
/// and `examples` are data, and are left alone.
pub(crate) fn for_each_child(
    schema: &mut Map<String, Value>,
    path: &str,
    mut visit: impl FnMut(&mut Value, String),
) {
    for (key, value) in schema.iter_mut() {
        let key = key.as_str();
        match value {
            Value::Object(named) if NAMED.contains(&key) => {
                for (name, child) in named.iter_mut() {
                    visit(child, join(path, name));
                }
            }
            Value::Array(list) if LIST.contains(&key) => {
                for child in list {
                    let inner = if key == "prefixItems" {
                        element(path)
                    } else {
                        path.to_owned()
                    };
                    visit(child, inner);
                }
            }
            child if ONE.contains(&key) => {
                let inner = match key {
                    "items" | "contains" | "unevaluatedItems" => element(path),
                    "additionalProperties" | "unevaluatedProperties" => join(path, "*"),
                    _ => path.to_owned(),
                };
                visit(child, inner);
            }
            _ => {}
        }
    }
}

/// Returns the path of a property.
pub(crate) fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Returns the path of the elements of an array.
pub(crate) fn element(path: &str) -> String {
    format!("{path}[]")
}

/// Adds a sentence to a schema's description, unless the description contains it.
pub(crate) fn describe(schema: &mut Map<String, Value>, sentence: &str) {
    match schema.get_mut("description") {
        Some(Value::String(text)) if !text.trim().is_empty() => {
            let is_said = {
                let said = sentence.trim_end_matches('.').to_lowercase();
                text.to_lowercase().contains(&said)
            };
            if !is_said {
                *text = joined(text, sentence);
            }
        }
        _ => {
            schema.insert("description".into(), sentence.into());
        }
    }
}

fn joined(text: &str, sentence: &str) -> String {
    let text = text.trim_end();
    let is_after_list = text
        .lines()
        .next_back()
        .is_some_and(|line| line.starts_with("- "));
    // A sentence directly after or before a list would read as a part of its last or first line.
    if is_after_list || sentence.starts_with("- ") {
        return format!("{text}\n\n{sentence}");
    }
    let is_ended = text.ends_with(['.', '!', '?', ':', ';', ',', '…']);
    format!("{text}{} {sentence}", if is_ended { "" } else { "." })
}

/// Returns the type that a schema names, if it names exactly one.
pub(crate) fn type_of(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("type").and_then(Value::as_str)
}

/// Returns the JSON type of a value, as schemas name it.
pub(crate) fn type_of_value(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
