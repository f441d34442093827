//! Repairs keywords that are not of JSON Schema 2020-12, which hand-written schemas have: hosts check the form of
//! keywords, and refuse all tools for a wrong one.

use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;

const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];
/// Keywords that have to be numbers.
const NUMBERS: [&str; 9] = [
    "minimum",
    "maximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Rewrites older forms of keywords, and removes and reports keywords with a value that they cannot have.
pub(crate) fn repair(schema: &mut Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    older_forms(schema);
    let mut removed: Vec<String> = Vec::new();
    let mut remove_unless = |key: &str, is_valid: &dyn Fn(&Value) -> bool| {
        if schema.get(key).is_some_and(|value| !is_valid(value)) {
            removed.extend(schema.remove(key).map(|value| format!("`{key}: {value}`")));
        }
    };
    let is_type = |it: &Value| it.as_str().is_some_and(|it| TYPES.contains(&it));
    let all = |list: &Value, holds: &dyn Fn(&Value) -> bool| {
        let list = list.as_array();
        list.is_some_and(|list| !list.is_empty() && list.iter().all(holds))
    };
    let is_schema = |it: &Value| it.is_object() || it.is_boolean();
    remove_unless("type", &|it| is_type(it) || all(it, &is_type));
    remove_unless("enum", &|it| all(it, &|_| true));
    remove_unless("required", &|it| {
        let names = it.as_array();
        names.is_some_and(|names| names.iter().all(Value::is_string))
    });
    for key in ["properties", "patternProperties"] {
        remove_unless(key, &|it| {
            let named = it.as_object();
            named.is_some_and(|named| named.values().all(is_schema))
        });
    }
    for key in ["anyOf", "oneOf", "allOf", "prefixItems"] {
        remove_unless(key, &|it| all(it, &is_schema));
    }
    for key in ["items", "additionalProperties"] {
        remove_unless(key, &is_schema);
    }
    for key in NUMBERS
        .iter()
        .chain(&["exclusiveMinimum", "exclusiveMaximum"])
    {
        remove_unless(key, &Value::is_number);
    }
    for key in ["pattern", "format", "description"] {
        remove_unless(key, &Value::is_string);
    }
    if !removed.is_empty() {
        lints.push(SchemaLint {
            code: "unsupported-keyword",
            path: path.to_owned(),
            message: format!(
                "{} is not JSON Schema 2020-12, so it is not listed: correct the schema",
                removed.join(" and ")
            ),
        });
    }
    known_names(schema);
}

/// Rewrites keywords of draft 4, draft 7 and `OpenAPI`.
fn older_forms(schema: &mut Map<String, Value>) {
    if schema.get("items").is_some_and(Value::is_array)
        && let Some(members) = schema.remove("items")
    {
        schema.entry("prefixItems").or_insert(members);
        if let Some(rest) = schema.remove("additionalItems") {
            schema.insert("items".into(), rest);
        }
    }
    for (key, inclusive) in [
        ("exclusiveMinimum", "minimum"),
        ("exclusiveMaximum", "maximum"),
    ] {
        let Some(Value::Bool(is_exclusive)) = schema.get(key).cloned() else {
            continue;
        };
        schema.remove(key);
        if is_exclusive && let Some(limit) = schema.remove(inclusive) {
            schema.insert(key.into(), limit);
        }
    }
    for key in ["nullable", "example", "additionalItems"] {
        schema.remove(key);
    }
}

/// Removes the names from `required` that are no properties, and those that it has twice.
fn known_names(schema: &mut Map<String, Value>) {
    let Some(Value::Array(names)) = schema.get("required") else {
        return;
    };
    let properties = schema.get("properties").and_then(Value::as_object);
    // A flattened struct has the names in a schema beside this one.
    let is_part = ["allOf", "anyOf", "oneOf", "$ref"]
        .iter()
        .any(|key| schema.contains_key(*key));
    let is_known = |name: &Value| {
        let name = name.as_str().unwrap_or_default();
        properties.is_some_and(|it| it.contains_key(name))
    };
    let mut known: Vec<Value> = Vec::new();
    for name in names {
        if (is_part || is_known(name)) && !known.contains(name) {
            known.push(name.clone());
        }
    }
    if known.is_empty() {
        schema.remove("required");
    } else {
        schema.insert("required".into(), json!(known));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(schema: Value) -> (Value, usize) {
        let Value::Object(mut schema) = schema else {
            panic!("not an object");
        };
        let mut lints = Vec::new();
        repair(&mut schema, "", &mut lints);
        (schema.into(), lints.len())
    }

    #[test]
    fn older_forms_are_rewritten() {
        for (old, new) in [
            (
                json!({ "items": [{ "type": "string" }], "additionalItems": false }),
                json!({ "prefixItems": [{ "type": "string" }], "items": false }),
            ),
            (
                json!({ "minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false }),
                json!({ "exclusiveMinimum": 0, "maximum": 9 }),
            ),
            (
                json!({ "type": "string", "nullable": true, "example": "a" }),
                json!({ "type": "string" }),
            ),
            (
                json!({ "properties": { "a": {} }, "required": ["a", "b", "a"] }),
                json!({ "properties": { "a": {} }, "required": ["a"] }),
            ),
            (
                json!({ "type": "object", "required": ["a"] }),
                json!({ "type": "object" }),
            ),
            (
                json!({ "required": ["a"], "allOf": [{ "properties": { "a": {} } }] }),
                json!({ "required": ["a"], "allOf": [{ "properties": { "a": {} } }] }),
            ),
        ] {
            assert_eq!(repaired(old), (new, 0));
        }
    }

    #[test]
    fn keywords_that_no_draft_has_are_removed_and_reported() {
        for wrong in [
            json!({ "type": "Object" }),
            json!({ "type": ["string", "text"] }),
            json!({ "type": [] }),
            json!({ "required": true }),
            json!({ "properties": { "a": "string" } }),
            json!({ "enum": "a" }),
            json!({ "enum": [] }),
            json!({ "anyOf": {} }),
            json!({ "anyOf": [] }),
            json!({ "items": "string" }),
            json!({ "maximum": "9" }),
            json!({ "exclusiveMinimum": null }),
            json!({ "description": ["a"] }),
        ] {
            assert_eq!(repaired(wrong.clone()), (json!({}), 1), "{wrong}");
        }
    }
}
