//! The formats that schemars uses for Rust's numbers.

use serde_json::{Map, Value};

use crate::call::portable::nodes::for_each_child;

/// The formats with the equivalent `minimum` and `maximum`. Types of 64 bits and more have no
/// limits here: most clients read numbers as floats, which cannot represent these limits.
const FORMATS: [(&str, Option<(i64, i64)>); 14] = [
    ("int8", Some((i8::MIN as i64, i8::MAX as i64))),
    ("int16", Some((i16::MIN as i64, i16::MAX as i64))),
    ("int32", Some((i32::MIN as i64, i32::MAX as i64))),
    ("uint8", Some((0, u8::MAX as i64))),
    ("uint16", Some((0, u16::MAX as i64))),
    ("uint32", Some((0, u32::MAX as i64))),
    ("int64", None),
    ("int128", None),
    ("int", None),
    ("uint64", None),
    ("uint128", None),
    ("uint", None),
    ("float", None),
    ("double", None),
];

/// The formats of integers that may exceed 2^53, the last integer before which a double skips none.
const WIDE: [&str; 4] = ["int64", "uint64", "int", "uint"];
const DOUBLE_LIMIT: i64 = 1 << 53;

fn format(schema: &Map<String, Value>) -> Option<&str> {
    schema.get("format").and_then(Value::as_str)
}

/// Replaces the format of a Rust number by limits. The formats are not in the standard, and strict
/// validators refuse unknown ones.
pub(crate) fn replace_format(schema: &mut Map<String, Value>) {
    let format = format(schema);
    let Some((_, range)) = FORMATS.iter().find(|(name, _)| Some(*name) == format) else {
        return;
    };
    schema.remove("format");
    if let Some((least, most)) = range {
        schema.entry("minimum").or_insert((*least).into());
        schema.entry("maximum").or_insert((*most).into());
    }
}

/// Returns `true` if `limit` is a limit of the number's type, which a model needs no words for.
/// Without a format, it is compared with the limits of all types.
pub(crate) fn is_limit_of_type(schema: &Map<String, Value>, limit: &Value) -> bool {
    if limit.as_u64() == Some(u64::MAX) || limit.as_i64() == Some(i64::MAX) {
        return true;
    }
    let Some(limit) = limit.as_i64() else {
        return false;
    };
    let is_limit = |range: &Option<(i64, i64)>| {
        range.is_some_and(|(least, most)| (limit == least && least != 0) || limit == most)
    };
    match format(schema) {
        Some(format) => FORMATS
            .iter()
            .any(|(name, range)| *name == format && is_limit(range)),
        None => FORMATS.iter().any(|(_, range)| is_limit(range)),
    }
}

/// Returns `true` if the schema describes an integer of 128 bits.
pub(crate) fn has_128_bits(schema: &Map<String, Value>) -> bool {
    matches!(format(schema), Some("int128" | "uint128"))
}

/// Returns `true` if the schema describes an integer that may exceed 2^53.
pub(crate) fn is_wide(schema: &Map<String, Value>) -> bool {
    let limit = |key: &str| schema.get(key).and_then(Value::as_i64);
    let is_limited = limit("maximum").is_some_and(|most| most <= DOUBLE_LIMIT)
        && limit("minimum").is_some_and(|least| least >= -DOUBLE_LIMIT);
    format(schema).is_some_and(|format| WIDE.contains(&format)) && !is_limited
}

/// Replaces integers that may exceed 2^53 by strings of digits, everywhere in a schema. Hosts in
/// JavaScript round such integers.
pub(crate) fn wide_as_text(schema: &mut Map<String, Value>) {
    if is_wide(schema) && !schema.contains_key("enum") && !schema.contains_key("const") {
        let is_unsigned = format(schema).is_some_and(|format| format.starts_with('u'));
        for key in [
            "format",
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "multipleOf",
        ] {
            schema.remove(key);
        }
        let kinds = match schema.remove("type") {
            Some(Value::Array(mut kinds)) => {
                for kind in kinds.iter_mut().filter(|kind| **kind == "integer") {
                    *kind = "string".into();
                }
                Value::Array(kinds)
            }
            _ => "string".into(),
        };
        schema.insert("type".into(), kinds);
        let pattern = if is_unsigned {
            "^[0-9]+$"
        } else {
            "^-?[0-9]+$"
        };
        schema.insert("pattern".into(), pattern.into());
        if let Some(default @ Value::Number(_)) = schema.get_mut("default") {
            *default = default.to_string().into();
        }
        if let Some(Value::Array(examples)) = schema.get_mut("examples") {
            for example in examples.iter_mut().filter(|it| it.is_number()) {
                *example = example.to_string().into();
            }
        }
    }
    for_each_child(schema, "", |child, _| {
        if let Value::Object(child) = child {
            wide_as_text(child);
        }
    });
}
