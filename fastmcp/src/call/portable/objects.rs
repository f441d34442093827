//! Rewrites maps, closed objects, and choices beside properties.

use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::describe;
use crate::call::portable::tagged;

/// Removes `additionalProperties` where it is a boolean. Decoding still refuses unknown fields of
/// types that deny them.
pub(crate) fn open(schema: &mut Map<String, Value>) {
    for key in ["additionalProperties", "unevaluatedProperties"] {
        if schema.get(key).is_some_and(Value::is_boolean) {
            schema.remove(key);
        }
    }
}

/// Reports a struct that takes fields of any name.
pub(crate) fn report_flattened_map(
    schema: &Map<String, Value>,
    path: &str,
    lints: &mut Vec<SchemaLint>,
) {
    let is_open = ["additionalProperties", "unevaluatedProperties"]
        .iter()
        .any(|key| schema.get(*key).is_some_and(|it| *it != false));
    if schema.contains_key("properties") && is_open {
        lints.push(SchemaLint {
            code: "flattened-map",
            path: path.to_owned(),
            message:
                "crewai-tools refuses the fields of a flattened map, and autogen-ext and mcp-use \
                      drop them; put the map into a field of its own"
                    .to_owned(),
        });
    }
}

/// Lists the value type of a map under `additionalProperties` where it stands under a pattern.
pub(crate) fn pattern_properties(schema: &mut Map<String, Value>) {
    let Some(Value::Object(patterns)) = schema.remove("patternProperties") else {
        return;
    };
    let mut schemas: Vec<Value> = Vec::new();
    let names: Vec<String> = patterns.keys().map(|it| format!("`{it}`")).collect();
    for (_, value) in patterns {
        if !schemas.contains(&value) {
            schemas.push(value);
        }
    }
    if !names.is_empty() {
        let sentence = format!(
            "Each name matches the regular expression {}.",
            names.join(" or ")
        );
        describe(schema, &sentence);
    }
    let value = match schemas.len() {
        0 => return,
        1 => schemas.remove(0),
        _ => json!({ "anyOf": schemas }),
    };
    schema.insert("additionalProperties".into(), value);
}

/// Rewrites the choice of an optional flattened enum, in which an empty schema stands for `None`: its
/// branches become objects, one of them without fields.
pub(crate) fn optional_choice(schema: &mut Map<String, Value>) {
    if !is_object(schema) {
        return;
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else {
        return;
    };
    if !branches.iter().any(is_empty) {
        return;
    }
    let mut objects = Vec::new();
    for mut branch in std::mem::take(branches) {
        match branch.get_mut("oneOf").map(Value::take) {
            Some(Value::Array(inner)) => objects.extend(inner),
            _ if is_empty(&branch) => objects.push(json!({ "type": "object", "properties": {} })),
            _ => objects.push(branch),
        }
    }
    *branches = objects;
}

fn is_empty(schema: &Value) -> bool {
    schema.as_object().is_some_and(Map::is_empty)
}

/// Merges a choice of objects that stands beside `properties`, or beside another choice, into the
/// properties: a property of one branch alone becomes optional. `is_closed` states that a branch refuses
/// unknown fields.
pub(crate) fn flattened_choice(
    schema: &mut Map<String, Value>,
    is_closed: bool,
    path: &str,
    lints: &mut Vec<SchemaLint>,
) {
    let keys = ["anyOf", "oneOf"];
    if !schema.contains_key("properties") && !keys.iter().all(|key| schema.contains_key(*key)) {
        return;
    }
    for key in keys {
        let Some(Value::Array(branches)) = schema.get(key) else {
            continue;
        };
        let branches: Option<Vec<Map<String, Value>>> = branches
            .iter()
            .map(|it| it.as_object().filter(|it| is_object(it)).cloned())
            .collect();
        let Some(branches) = branches.filter(|it| !it.is_empty()) else {
            continue;
        };
        schema.remove(key);
        schema.entry("type").or_insert_with(|| "object".into());
        schema.entry("properties").or_insert_with(|| json!({}));
        let all: Vec<Value> = branches.iter().cloned().map(Value::Object).collect();
        match tagged::merged(&all).filter(|object| !is_closed && !shares_property(schema, object)) {
            Some(object) => merge(schema, &[object]),
            None => {
                lints.push(SchemaLint {
                    code: "flattened-enum",
                    path: path.to_owned(),
                    message: "a flattened enum is listed as one object whose fields are optional; \
                              put the enum into a field of its own to list its variants"
                        .to_owned(),
                });
                merge(schema, &branches);
            }
        }
    }
}

/// Returns `true` if two objects have a property of the same name.
fn shares_property(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    let properties = |schema: &Map<String, Value>| schema.get("properties")?.as_object().cloned();
    let known = properties(one).unwrap_or_default();
    let mut names = properties(other).unwrap_or_default().into_iter();
    names.any(|(name, _)| known.contains_key(&name))
}

fn is_object(schema: &Map<String, Value>) -> bool {
    schema.get("type").is_some_and(|it| it == "object") || schema.contains_key("properties")
}

fn merge(schema: &mut Map<String, Value>, branches: &[Map<String, Value>]) {
    let required_of = |branch: &Map<String, Value>| -> Vec<String> {
        let names = branch.get("required").and_then(Value::as_array);
        let names = names.into_iter().flatten();
        names.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let mut common = branches.first().map(required_of).unwrap_or_default();
    for branch in branches {
        let required = required_of(branch);
        common.retain(|name| required.contains(name));
        let Some(Value::Object(from)) = branch.get("properties") else {
            continue;
        };
        let Some(Value::Object(into)) = schema.get_mut("properties") else {
            return;
        };
        for (name, value) in from {
            match into.get_mut(name) {
                None => drop(into.insert(name.clone(), value.clone())),
                Some(known) => unite(known, value),
            }
        }
    }
    if !common.is_empty() {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Value::Array(required) = required {
            for name in common {
                if !required.iter().any(|it| *it == name) {
                    required.push(name.into());
                }
            }
        }
    }
}

/// Lets `known` accept what `other` accepts too.
fn unite(known: &mut Value, other: &Value) {
    if known == other {
        return;
    }
    let lists = (
        known.get("enum").and_then(Value::as_array).cloned(),
        other.get("enum").and_then(Value::as_array),
    );
    if let (Some(mut values), Some(more)) = lists
        && known.get("type") == other.get("type")
    {
        for value in more {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        known["enum"] = Value::Array(values);
        return;
    }
    if let Some(Value::Array(branches)) = known.get_mut("anyOf") {
        if !branches.contains(other) {
            branches.push(other.clone());
        }
        return;
    }
    *known = json!({ "anyOf": [known.clone(), other.clone()] });
}

/// Merges the parts of an `allOf` into the schema. A keyword of the schema itself takes precedence.
pub(crate) fn all_of(schema: &mut Map<String, Value>) {
    // A part may have an `allOf` of its own.
    while let Some(parts) = schema.remove("allOf") {
        let Value::Array(parts) = parts else {
            return;
        };
        let mut inner = Vec::new();
        for part in parts {
            let Value::Object(mut part) = part else {
                continue;
            };
            if let Some(Value::Array(more)) = part.remove("allOf") {
                inner.extend(more);
            }
            if let Some(Value::Object(from)) = part.remove("properties") {
                let into = schema.entry("properties").or_insert_with(|| json!({}));
                if let Value::Object(into) = into {
                    for (name, value) in from {
                        into.entry(name).or_insert(value);
                    }
                }
            }
            if let Some(Value::Array(names)) = part.remove("required") {
                let required = schema.entry("required").or_insert_with(|| json!([]));
                if let Value::Array(required) = required {
                    required.extend(names);
                    required.dedup();
                }
            }
            for (key, value) in part {
                match key.as_str() {
                    "oneOf" => add_choice(schema, ["oneOf", "anyOf"], value),
                    "anyOf" => add_choice(schema, ["anyOf", "oneOf"], value),
                    _ => drop(schema.entry(key).or_insert(value)),
                }
            }
        }
        if !inner.is_empty() {
            schema.insert("allOf".into(), Value::Array(inner));
        }
    }
}

/// Adds one more choice to a schema: under the first keyword that is free, or to the branches of another.
/// A value has to match both, so their branches become optional fields of one object.
fn add_choice(schema: &mut Map<String, Value>, keys: [&str; 2], choice: Value) {
    for key in keys {
        if !schema.contains_key(key) {
            schema.insert(key.into(), choice);
            return;
        }
    }
    if let (Some(Value::Array(branches)), Value::Array(more)) = (schema.get_mut("anyOf"), choice) {
        branches.extend(more);
    }
}
