//! Turns constants, and choices of constants, into `enum` lists.

use serde_json::{Map, Value};

use crate::call::portable::nodes::{describe, type_of_value};

/// Rewrites `const: x` as `enum: [x]`.
pub(crate) fn constant(schema: &mut Map<String, Value>) {
    if let Some(value) = schema.remove("const") {
        schema
            .entry("type")
            .or_insert_with(|| type_of_value(&value).into());
        schema.insert("enum".into(), Value::Array(vec![value]));
    }
}

/// Rewrites a choice of constants as one `enum`, and lists the descriptions of the constants in the
/// description of the whole.
pub(crate) fn choice_of_constants(schema: &mut Map<String, Value>) {
    for key in ["oneOf", "anyOf"] {
        let Some(Value::Array(branches)) = schema.get(key) else {
            continue;
        };
        let Some(listed) = constants(branches) else {
            continue;
        };
        let types = listed.values.iter().map(type_of_value);
        let mut types: Vec<_> = types.collect();
        types.sort_unstable();
        types.dedup();
        schema.remove(key);
        if let [single] = types.as_slice() {
            schema.insert("type".into(), (*single).into());
        }
        schema.insert("enum".into(), Value::Array(listed.values));
        if !listed.lines.is_empty() {
            describe(schema, &listed.lines.join("\n"));
        }
    }
    non_string_enum(schema);
}

struct Constants {
    values: Vec<Value>,
    /// One line for each constant that has a description.
    lines: Vec<String>,
}

fn constants(branches: &[Value]) -> Option<Constants> {
    let mut listed = Constants {
        values: Vec::new(),
        lines: Vec::new(),
    };
    for branch in branches {
        let branch = branch.as_object()?;
        let allowed = [
            "const",
            "enum",
            "type",
            "description",
            "title",
            "deprecated",
        ];
        if !branch.keys().all(|key| allowed.contains(&key.as_str())) {
            return None;
        }
        let values = match (branch.get("const"), branch.get("enum")) {
            (Some(value), _) => vec![value.clone()],
            (None, Some(Value::Array(values))) => values.clone(),
            _ => return None,
        };
        if let Some(Value::String(text)) = branch.get("description") {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for value in &values {
                let name = value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned);
                listed.lines.push(format!("- `{name}`: {text}"));
            }
        }
        listed.values.extend(values);
    }
    (!listed.values.is_empty()).then_some(listed)
}

/// Describes an `enum` of numbers in words: hosts take lists of strings alone.
fn non_string_enum(schema: &mut Map<String, Value>) {
    let Some(Value::Array(values)) = schema.get("enum") else {
        return;
    };
    if values.is_empty() || values.iter().all(Value::is_string) {
        return;
    }
    let values: Vec<_> = values.iter().map(Value::to_string).collect();
    let sentence = match values.as_slice() {
        [single] => format!("Always {single}."),
        _ => format!("One of {}.", values.join(", ")),
    };
    schema.remove("enum");
    describe(schema, &sentence);
}
