//! Whether a schema lists limits that its Rust type does not have by itself.

use serde_json::{Map, Value};

/// The keywords that limit a value, except `minimum` and `maximum`.
const LIMITS: [&str; 10] = [
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// The ranges of Rust's integers, as schemars lists them. The decoder checks these.
const INTEGERS: [(&str, Option<i64>, Option<i64>); 10] = [
    ("int8", Some(i8::MIN as i64), Some(i8::MAX as i64)),
    ("int16", Some(i16::MIN as i64), Some(i16::MAX as i64)),
    ("int32", None, None),
    ("int64", None, None),
    ("uint8", Some(0), Some(u8::MAX as i64)),
    ("uint16", Some(0), Some(u16::MAX as i64)),
    ("uint32", Some(0), None),
    ("uint64", Some(0), None),
    ("uint128", Some(0), None),
    ("uint", Some(0), None),
];

/// Returns whether a schema lists a limit at any depth.
pub(crate) fn lists_limits(schema: &Value) -> bool {
    match schema {
        Value::Array(schemas) => schemas.iter().any(lists_limits),
        Value::Object(schema) => {
            let is_closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
            let is_tuple = schema.contains_key("prefixItems");
            LIMITS
                .iter()
                .any(|it| schema.contains_key(*it) && !is_tuple)
                || is_closed
                || has_range(schema)
                || schema.values().any(lists_limits)
        }
        _ => false,
    }
}

/// Returns whether a schema limits a number further than its Rust type does.
fn has_range(schema: &Map<String, Value>) -> bool {
    let format = schema.get("format").and_then(Value::as_str);
    let of_type = INTEGERS.iter().find(|(name, ..)| Some(*name) == format);
    let (min, max) = of_type.map_or((None, None), |(_, min, max)| (*min, *max));
    let is_stricter = |keyword: &str, of_type: Option<i64>| {
        let limit = schema.get(keyword).filter(|limit| limit.is_number());
        limit.is_some_and(|limit| limit.as_i64() != of_type || of_type.is_none())
    };
    is_stricter("minimum", min) || is_stricter("maximum", max)
}
