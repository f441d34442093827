//! A validator for the keywords that portable schemas have. Other keywords are an error, so that a new
//! keyword cannot go unchecked.

use serde_json::{Map, Value};

/// Returns the first reason why a schema refuses a value.
pub fn refusal(schema: &Value, value: &Value) -> Option<String> {
    let Some(keywords) = schema.as_object() else {
        return Some(format!("{schema} is no object"));
    };
    keywords
        .iter()
        .find_map(|(key, rule)| keyword(keywords, key, rule, value))
}

fn keyword(all: &Map<String, Value>, key: &str, rule: &Value, value: &Value) -> Option<String> {
    let unless = |holds: bool| (!holds).then(|| format!("{value} breaks `{key}: {rule}`"));
    let length = || {
        rule.as_u64()
            .map(|it| usize::try_from(it).unwrap_or(usize::MAX))
    };
    let number = || value.as_f64().zip(rule.as_f64());
    let count = match value {
        Value::String(text) => text.chars().count(),
        Value::Array(list) => list.len(),
        Value::Object(object) => object.len(),
        _ => 0,
    };
    match key {
        // A pattern is enforced by the type; schemars repeats it.
        "description" | "default" | "format" | "pattern" => None,
        "type" => unless(is_of_type(rule, value)),
        "enum" => unless(rule.as_array().is_some_and(|it| it.contains(value))),
        "minimum" => unless(number().is_none_or(|(value, limit)| value >= limit)),
        "maximum" => unless(number().is_none_or(|(value, limit)| value <= limit)),
        "minLength" if value.is_string() => unless(length().is_some_and(|it| count >= it)),
        "maxLength" if value.is_string() => unless(length().is_some_and(|it| count <= it)),
        "minItems" if value.is_array() => unless(length().is_some_and(|it| count >= it)),
        "maxItems" if value.is_array() => unless(length().is_some_and(|it| count <= it)),
        "minProperties" if value.is_object() => unless(length().is_some_and(|it| count >= it)),
        "maxProperties" if value.is_object() => unless(length().is_some_and(|it| count <= it)),
        "minLength" | "maxLength" | "minItems" | "maxItems" | "minProperties" | "maxProperties" => {
            None
        }
        "items" => value.as_array()?.iter().find_map(|it| refusal(rule, it)),
        "required" => {
            let object = value.as_object()?;
            let names = rule
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            names
                .into_iter()
                .find(|name| !object.contains_key(*name))
                .map(|name| format!("{value} lacks `{name}`"))
        }
        "properties" => {
            let object = value.as_object()?;
            let mut named = rule.as_object().into_iter().flatten();
            named.find_map(|(name, rule)| refusal(rule, object.get(name)?))
        }
        "additionalProperties" => {
            let known = all.get("properties").and_then(Value::as_object);
            let is_known = |name: &String| known.is_some_and(|it| it.contains_key(name));
            let mut rest = value
                .as_object()?
                .iter()
                .filter(|(name, _)| !is_known(name));
            rest.find_map(|(_, it)| refusal(rule, it))
        }
        "anyOf" => {
            let mut branches = rule.as_array().into_iter().flatten();
            unless(branches.any(|it| refusal(it, value).is_none()))
        }
        _ => Some(format!("the validator has no rule for `{key}`")),
    }
}

fn is_of_type(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        _ => false,
    }
}
