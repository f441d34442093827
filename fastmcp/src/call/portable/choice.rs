//! Lists choices as `anyOf`, and reports how hosts read them.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::tagged;

/// Splits a list of types into a choice, because most hosts take a single type.
pub(crate) fn split_types(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else {
        return;
    };
    if types.iter().any(|it| it == "object") && schema.contains_key("properties") {
        // The object is the only type that the schema says more about.
        schema.insert("type".into(), "object".into());
        return;
    }
    let items = schema.get("items").cloned();
    let branches: Vec<Value> = types
        .iter()
        .map(|kind| match kind.as_str() {
            Some("array") => {
                json!({ "type": "array", "items": items.clone().unwrap_or_else(|| json!({})) })
            }
            _ => json!({ "type": kind }),
        })
        .collect();
    schema.remove("type");
    schema.remove("items");
    let has_choice = schema.contains_key("anyOf") || schema.contains_key("oneOf");
    if !has_choice && !branches.is_empty() {
        schema.insert("anyOf".into(), Value::Array(branches));
    }
}

/// Lists a choice as `anyOf` without repeated branches, or as one object if its branches have a tag.
/// `is_closed` states that a branch refuses unknown fields.
pub(crate) fn list(
    schema: &mut Map<String, Value>,
    is_closed: bool,
    path: &str,
    lints: &mut Vec<SchemaLint>,
) {
    if let Some(branches) = schema.remove("oneOf") {
        schema.entry("anyOf").or_insert(branches);
    }
    let Some(Value::Array(branches)) = schema.get_mut("anyOf") else {
        return;
    };
    let mut distinct: Vec<Value> = Vec::new();
    for branch in std::mem::take(branches) {
        if !distinct.contains(&branch) {
            distinct.push(branch);
        }
    }
    if let [Value::Object(_)] = distinct.as_slice() {
        schema.remove("anyOf");
        if let Some(Value::Object(only)) = distinct.pop() {
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
        return;
    }
    if distinct.is_empty() {
        schema.remove("anyOf");
        return;
    }
    if !is_closed
        && !schema.contains_key("properties")
        && let Some(object) = tagged::merged(&distinct)
    {
        schema.remove("anyOf");
        for (key, value) in object {
            schema.insert(key, value);
        }
        return;
    }
    let problem = problem(schema, &distinct);
    schema.insert("anyOf".into(), Value::Array(distinct));
    if let Some((code, message)) = problem {
        lints.push(SchemaLint {
            code,
            path: path.to_owned(),
            message: message.to_owned(),
        });
    }
}

fn problem(
    schema: &Map<String, Value>,
    branches: &[Value],
) -> Option<(&'static str, &'static str)> {
    if schema.contains_key("properties") {
        return Some((
            "flattened-enum",
            "some hosts cannot send a choice beside fields; put the enum into a field of its own",
        ));
    }
    let objects: Vec<&Map<String, Value>> = branches
        .iter()
        .filter(|it| it.get("type").is_some_and(|it| it == "object"))
        .filter_map(Value::as_object)
        .collect();
    if objects.is_empty() {
        return None;
    }
    let others_are_names = || {
        let mut others = branches.iter().filter(|it| it["type"] != "object");
        others.all(|it| it.get("enum").is_some())
    };
    Some(if has_tag(&objects) && others_are_names() {
        (
            "tagged-enum",
            "LangChain JS lists only the last variant of this enum; all hosts list an enum with \
             `#[serde(tag = \"…\")]` whose fields of one name have one type, and that accepts \
             unknown fields",
        )
    } else {
        (
            "untagged-enum",
            "models guess between forms without a tag, and LangChain JS lists only the last object; \
             add `#[serde(tag = \"…\")]` to the enum",
        )
    })
}

/// Reports a list whose items are a choice.
pub(crate) fn mixed_items(schema: &Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let is_choice = |items: &Value| items.get("anyOf").is_some();
    if schema.get("items").is_some_and(is_choice) {
        lints.push(SchemaLint {
            code: "mixed-list",
            path: path.to_owned(),
            message: "autogen-ext sends the items of a list or a tuple of several types as strings, \
                      and LangChain JS merges those that are objects; take a list of one type, or a \
                      struct with a field for each member"
                .to_owned(),
        });
    }
}

/// Returns `true` if one property names the branch, or each branch has a single property, whose
/// name is then the tag.
fn has_tag(branches: &[&Map<String, Value>]) -> bool {
    let properties = |branch: &&Map<String, Value>| {
        let properties = branch.get("properties").and_then(Value::as_object);
        properties.cloned().unwrap_or_default()
    };
    let all: Vec<Map<String, Value>> = branches.iter().map(properties).collect();
    let is_tag = |value: &Value| {
        let values = value.get("enum").and_then(Value::as_array);
        values.is_some_and(|it| it.len() == 1)
    };
    let names_branch = |name: &String| all.iter().all(|it| it.get(name).is_some_and(is_tag));
    let is_tagged_inside = all.first().is_some_and(|it| it.keys().any(names_branch));
    let keys: BTreeSet<&String> = all.iter().flat_map(Map::keys).collect();
    let is_tagged_outside = keys.len() == all.len() && all.iter().all(|it| it.len() == 1);
    is_tagged_inside || is_tagged_outside
}
