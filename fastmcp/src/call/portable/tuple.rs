//! Lists the members of a tuple under `items`, because hosts require `items`.

use serde_json::{Map, Value, json};

use crate::call::portable::nodes::describe;

/// Replaces `prefixItems` by `items`, a fixed length and a description of the order. Returns `true`
/// if the schema is a tuple.
pub(crate) fn list_members(schema: &mut Map<String, Value>) -> bool {
    let Some(Value::Array(members)) = schema.remove("prefixItems") else {
        return false;
    };
    let names: Vec<_> = members.iter().map(name_of).collect();
    let length = members.len();
    // `items` beside `prefixItems` describes further items.
    let rest = schema.remove("items").filter(|it| *it != false);
    let is_open = rest.is_some();
    let mut distinct: Vec<Value> = Vec::new();
    for member in members.into_iter().chain(rest) {
        if !distinct.contains(&member) {
            distinct.push(member);
        }
    }
    schema.insert("type".into(), "array".into());
    let items = match distinct.len() {
        0 => json!({}),
        1 => distinct.remove(0),
        _ => json!({ "anyOf": distinct }),
    };
    schema.insert("items".into(), items);
    if !is_open {
        schema.entry("minItems").or_insert_with(|| length.into());
        schema.entry("maxItems").or_insert_with(|| length.into());
    }
    let sentence = match names.as_slice() {
        [] => "An empty list.".to_owned(),
        names => format!("A list in this order: {}.", names.join(", ")),
    };
    describe(schema, &sentence);
    true
}

/// Returns a short name for a member of a tuple.
fn name_of(schema: &Value) -> String {
    let object = schema.as_object();
    let described = object
        .and_then(|it| it.get("description"))
        .and_then(Value::as_str)
        .and_then(|text| text.lines().find(|line| !line.trim().is_empty()))
        .map(|line| line.trim().trim_end_matches('.'));
    let kind = match object.and_then(|it| it.get("type")) {
        Some(Value::String(kind)) => Some(kind.as_str()),
        Some(Value::Array(kinds)) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|it| *it != "null"),
        _ => None,
    };
    match (kind, described) {
        (Some(kind), Some(text)) => format!("{kind} ({text})"),
        (Some(kind), None) => kind.to_owned(),
        (None, Some(text)) => text.to_owned(),
        (None, None) => "value".to_owned(),
    }
}
