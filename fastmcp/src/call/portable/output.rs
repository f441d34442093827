//! Rewrites the schema of structured content, against which hosts validate values.

use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::{for_each_child, join};
use crate::call::portable::numbers::is_wide;

/// Removes titles and boolean schemas, and replaces a reference at the root. Everything that a
/// validator needs stays: `null`, constants, closed objects, definitions.
pub(crate) fn output(schema: &mut Map<String, Value>) {
    if let Some(Value::String(reference)) = schema.get("$ref") {
        let name = reference.strip_prefix("#/$defs/").map(str::to_owned);
        let target = name.and_then(|name| schema.get("$defs")?.get(&name).cloned());
        if let Some(Value::Object(target)) = target {
            schema.remove("$ref");
            for (key, value) in target {
                schema.entry(key).or_insert(value);
            }
        }
    }
    clean(schema);
}

fn clean(schema: &mut Map<String, Value>) {
    for key in ["$schema", "$id", "$comment", "title"] {
        schema.remove(key);
    }
    for_each_child(schema, "", |child, _| match child {
        Value::Object(child) => clean(child),
        // `false` stays, because `additionalProperties: false` closes an object.
        Value::Bool(true) => *child = json!({}),
        _ => {}
    });
}

/// Reports the first integer of a type of 64 bits.
pub(crate) fn wide_integer(schema: &Map<String, Value>) -> Option<SchemaLint> {
    let mut found = None;
    walk(&mut schema.clone(), "", &mut found);
    let path: String = found?;
    Some(SchemaLint {
        code: "wide-integer",
        path,
        message:
            "clients in JavaScript round integers above 2^53; use `u32` or `i32`, send text with \
                  `wide_integers = \"text\"`, or write `allow(\"wide-integer\")` if the values are \
                  smaller"
                .to_owned(),
    })
}

fn walk(schema: &mut Map<String, Value>, path: &str, found: &mut Option<String>) {
    if is_wide(schema) {
        found.get_or_insert_with(|| path.to_owned());
        return;
    }
    if found.is_some() {
        return;
    }
    for_each_child(schema, path, |child, path| {
        if let Value::Object(child) = child {
            walk(child, &path, found);
        }
    });
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        for (name, child) in definitions {
            if let Value::Object(child) = child {
                walk(child, &join(path, name), found);
            }
        }
    }
}
