//! Keeps listed schemas as small as hosts can use.

use serde_json::{Map, Value, json};

use crate::call::portable::nodes::for_each_child;

/// The longest description in a level that is cut, in characters.
pub(crate) const SHORT_DESCRIPTION: usize = 120;

/// Shortens the description of a schema.
pub(crate) fn shorten(schema: &mut Map<String, Value>, length: usize) {
    if let Some(Value::String(text)) = schema.get_mut("description")
        && text.chars().count() > length
    {
        *text = text.chars().take(length).chain(['…']).collect();
    }
}

/// Leaves out the deepest levels until the schema is small enough.
pub(crate) fn within(schema: Map<String, Value>, bytes: usize, levels: usize) -> Value {
    let mut schema = schema;
    for levels in (1..=levels).rev() {
        if crate::text::serialized_size(&schema) <= bytes {
            break;
        }
        prune(&mut schema, levels);
    }
    schema.into()
}

/// Leaves out what is deeper than `levels`.
fn prune(schema: &mut Map<String, Value>, levels: usize) {
    if levels > 0 {
        for_each_child(schema, "", |child, path| {
            if let Value::Object(child) = child {
                // A branch of a choice is on the level of the choice.
                prune(child, levels - usize::from(!path.is_empty()));
            }
        });
        return;
    }
    shorten(schema, SHORT_DESCRIPTION);
    let is_array = schema.get("type").is_some_and(|it| it == "array");
    let is_shallow = !["properties", "anyOf", "items", "additionalProperties"]
        .iter()
        .any(|key| schema.contains_key(*key));
    if is_shallow {
        return;
    }
    for key in [
        "properties",
        "required",
        "anyOf",
        "additionalProperties",
        "default",
    ] {
        schema.remove(key);
    }
    if is_array {
        let item = schema.get("items").and_then(|it| it.get("type")).cloned();
        let items = item.map_or_else(|| json!({}), |kind| json!({ "type": kind }));
        schema.insert("items".to_owned(), items);
    }
}
