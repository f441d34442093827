//! Takes `null` out of the schemas of inputs: an optional argument is left out instead.

use serde_json::{Map, Value};

/// Removes `null` from `type`, `enum`, `anyOf` and `oneOf`.
pub(crate) fn remove_null(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|it| it != "null");
        if let [single] = types.as_slice() {
            let single = single.clone();
            schema.insert("type".into(), single);
        }
    }
    if schema
        .get("type")
        .is_some_and(|it| it.as_array().is_some_and(Vec::is_empty))
    {
        schema.remove("type");
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum")
        && choices.len() > 1
    {
        choices.retain(|it| !it.is_null());
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = schema.get_mut(key) else {
            continue;
        };
        branches.retain(|branch| !is_null(branch));
        if branches.len() == 1 {
            let branch = branches.remove(0);
            schema.remove(key);
            if let Value::Object(branch) = branch {
                for (name, value) in branch {
                    schema.entry(name).or_insert(value);
                }
            }
            // The branch may be such a choice itself.
            remove_null(schema);
            return;
        }
        if branches.is_empty() {
            schema.remove(key);
        }
    }
}

fn is_null(schema: &Value) -> bool {
    let Some(schema) = schema.as_object() else {
        return false;
    };
    schema.get("type").is_some_and(|it| it == "null")
        || schema.get("const").is_some_and(Value::is_null)
        || schema
            .get("enum")
            .is_some_and(|it| *it == Value::Array(vec![Value::Null]))
}
