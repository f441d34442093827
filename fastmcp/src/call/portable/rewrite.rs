//! Rewrites the schema of arguments, from the leaves to the root.

use serde_json::{Map, Value, json};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::{describe, for_each_child, join, type_of};
use crate::call::portable::{
    choice, enums, inline, nullable, numbers, objects, size, tuple, wording,
};

/// Keywords that carry no rule for a value, and that hosts refuse or ignore.
const REMOVED: [&str; 13] = [
    "$schema",
    "$id",
    "$comment",
    "$anchor",
    "$dynamicAnchor",
    "$vocabulary",
    "title",
    "readOnly",
    "writeOnly",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "uniqueItems",
];
/// Keywords that hosts refuse or drop, and that have no other form.
const UNSUPPORTED: [&str; 11] = [
    "not",
    "if",
    "then",
    "else",
    "contains",
    "minContains",
    "maxContains",
    "propertyNames",
    "dependentSchemas",
    "dependentRequired",
    "$dynamicRef",
];
const ANY_JSON: &str = "Any JSON.";

/// Rewrites the schema of a tool's arguments into the form that hosts accept.
pub(crate) fn input(schema: &mut Map<String, Value>) -> Vec<SchemaLint> {
    let mut lints = Vec::new();
    inline::inline(schema, &mut lints);
    object(schema, "", &mut lints);
    size::check(schema, &mut lints);
    lints
}

fn value(schema: &mut Value, path: &str, lints: &mut Vec<SchemaLint>) {
    match schema {
        Value::Object(schema) => object(schema, path, lints),
        Value::Bool(true) => *schema = json!({ "description": ANY_JSON }),
        Value::Bool(false) => *schema = json!({ "description": "Must be absent." }),
        _ => {}
    }
}

fn object(schema: &mut Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let has_distinct_items = schema.get("uniqueItems") == Some(&Value::Bool(true));
    for key in REMOVED {
        schema.remove(key);
    }
    unsupported(schema, path, lints);
    objects::all_of(schema);
    nullable::remove_null(schema);
    let accepts_anything = accepts_anything(schema);
    objects::open(schema);
    objects::pattern_properties(schema);
    let is_tuple = tuple::list_members(schema);
    let known = lints.len();
    for_each_child(schema, path, |child, path| value(child, &path, lints));
    if is_tuple {
        // The order tells the members of a tuple apart, so they need no tag.
        let items = format!("{path}[]");
        let mut index = 0;
        lints.retain(|lint| {
            index += 1;
            index <= known || lint.path != items || lint.code != "untagged-enum"
        });
    }
    enums::constant(schema);
    enums::choice_of_constants(schema);
    choice::split_types(schema);
    objects::flattened_choice(schema, path, lints);
    choice::list(schema, path, lints);
    inclusive_limits(schema);
    if has_distinct_items {
        describe(schema, "No item twice.");
    }
    wording::limits(schema, is_tuple);
    numbers::replace_format(schema);
    wording::format(schema);
    if type_of(schema) == Some("array") {
        schema
            .entry("items")
            .or_insert_with(|| json!({ "description": ANY_JSON }));
    }
    if accepts_anything {
        describe(schema, ANY_JSON);
    }
    if type_of(schema) == Some("null") {
        schema.remove("type");
        describe(schema, "Always null.");
    }
    leading_underscores(schema, path, lints);
}

/// Returns `true` if the schema has no rule about values.
fn accepts_anything(schema: &Map<String, Value>) -> bool {
    let annotations = ["description", "default", "examples", "deprecated"];
    schema
        .keys()
        .all(|key| annotations.contains(&key.as_str()) || key.starts_with("x-"))
        // A recursive type that is cut off is described by the cut.
        && !schema
            .get("description")
            .and_then(Value::as_str)
            .is_some_and(|text| text.contains("Any JSON, of the same form"))
}

/// Removes keywords that have no form that all hosts accept.
fn unsupported(schema: &mut Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let removed: Vec<&str> = UNSUPPORTED
        .into_iter()
        .filter(|key| schema.remove(*key).is_some())
        .collect();
    if removed.is_empty() {
        return;
    }
    let keys: Vec<String> = removed.iter().map(|key| format!("`{key}`")).collect();
    lints.push(SchemaLint {
        code: "unsupported-keyword",
        path: path.to_owned(),
        message: format!(
            "{} cannot be listed, because hosts refuse or drop it; state the rule in the description",
            keys.join(" and ")
        ),
    });
}

fn leading_underscores(schema: &Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let Some(Value::Object(properties)) = schema.get("properties") else {
        return;
    };
    for name in properties.keys().filter(|name| name.starts_with('_')) {
        lints.push(SchemaLint {
            code: "leading-underscore",
            path: join(path, name),
            message: format!(
                "llama-index and crewai refuse property names that start with `_`; give `{name}` \
                 another name with `rename`"
            ),
        });
    }
}

/// Turns exclusive limits into inclusive ones, because Gemini refuses the former. The words for
/// limits of other numbers than integers still say that they are exclusive.
fn inclusive_limits(schema: &mut Map<String, Value>) {
    let is_integer = type_of(schema) == Some("integer");
    for (key, inclusive, step, words) in [
        ("exclusiveMinimum", "minimum", 1, "More than"),
        ("exclusiveMaximum", "maximum", -1, "Less than"),
    ] {
        let Some(limit) = schema.remove(key) else {
            continue;
        };
        let integer = limit.as_i64().filter(|_| is_integer);
        let next = integer.map(|limit| Value::from(limit.saturating_add(step)));
        if next.is_none() && limit.is_number() {
            describe(schema, &format!("{words} {limit}."));
        }
        schema
            .entry(inclusive)
            .or_insert_with(|| next.unwrap_or(limit));
    }
}
