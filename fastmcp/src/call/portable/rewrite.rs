//! Rewrites the schema of arguments, from the leaves to the root.

use regex::Regex;
use serde_json::{Map, Value, json};

use crate::call::field_limits::take_unlisted;
use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::{describe, element, for_each_child, join, type_of};
use crate::call::portable::{
    choice, enums, inline, malformed, nullable, numbers, objects, size, tagged, tuple, wording,
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
    // The branches of a choice have the same path.
    let mut reported: Vec<SchemaLint> = Vec::new();
    for lint in lints {
        if !reported.contains(&lint) {
            reported.push(lint);
        }
    }
    reported
}

fn value(schema: &mut Value, path: &str, lints: &mut Vec<SchemaLint>) {
    match schema {
        Value::Object(schema) => object(schema, path, lints),
        Value::Bool(true) => {
            *schema = json!({ "description": ANY_JSON });
            lints.push(without_type(path));
        }
        Value::Bool(false) => *schema = json!({ "description": "Must be absent." }),
        _ => {}
    }
}

fn object(schema: &mut Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let has_distinct_items = schema.get("uniqueItems") == Some(&Value::Bool(true));
    for key in REMOVED {
        schema.remove(key);
    }
    malformed::repair(schema, path, lints);
    unsupported(schema, path, lints);
    unenforced(schema, path, lints);
    objects::all_of(schema);
    objects::optional_choice(schema);
    nullable::remove_null(schema);
    // The only form beside `null` may be an `allOf`.
    objects::all_of(schema);
    let accepts_anything = accepts_anything(schema);
    let is_closed = tagged::has_closed_branch(schema);
    objects::report_flattened_map(schema, path, lints);
    objects::open(schema);
    objects::pattern_properties(schema);
    let is_tuple = tuple::list_members(schema);
    let known = lints.len();
    for_each_child(schema, path, |child, path| value(child, &path, lints));
    if is_tuple {
        // The order tells the members of a tuple apart, so they need no tag. The tuple is reported.
        let items = format!("{path}[]");
        let mut index = 0;
        lints.retain(|lint| {
            index += 1;
            let is_choice = matches!(lint.code, "untagged-enum" | "tagged-enum");
            index <= known || lint.path != items || !is_choice
        });
    }
    choice::mixed_items(schema, path, lints);
    enums::constant(schema);
    enums::choice_of_constants(schema);
    choice::split_types(schema);
    objects::flattened_choice(schema, is_closed, path, lints);
    choice::list(schema, is_closed, path, lints);
    inclusive_limits(schema);
    if has_distinct_items {
        describe(schema, "No item twice.");
    }
    wording::map_values(schema);
    wording::limits(schema, is_tuple);
    numbers::replace_format(schema);
    wording::format(schema);
    if type_of(schema) == Some("array") && !schema.contains_key("items") {
        schema.insert("items".into(), json!({ "description": ANY_JSON }));
        lints.push(without_type(&element(path)));
    }
    if accepts_anything {
        describe(schema, ANY_JSON);
        lints.push(without_type(path));
    }
    if type_of(schema) == Some("null") {
        schema.remove("type");
        describe(schema, "Always null.");
        lints.push(without_type(path));
    }
    leading_underscores(schema, path, lints);
}

/// Reports a value that has no type that all hosts know.
fn without_type(path: &str) -> SchemaLint {
    SchemaLint {
        code: "any-json",
        path: path.to_owned(),
        message:
            "autogen-ext loses all tools for a value of any JSON or of the unit type, and hosts \
                  in strict mode refuse it; take a struct, or a `String` with JSON text"
                .to_owned(),
    }
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
            .is_some_and(|text| text.contains("Any JSON, of the same form as"))
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

/// Reports limits that the type cannot list, and patterns that decoding cannot check.
fn unenforced(schema: &mut Map<String, Value>, path: &str, lints: &mut Vec<SchemaLint>) {
    let mut report = |message: String| {
        lints.push(SchemaLint {
            code: "unenforced-limit",
            path: path.to_owned(),
            message,
        });
    };
    for name in take_unlisted(schema) {
        report(format!(
            "`{name}` does not fit the type of the field, so it is neither listed nor enforced; check \
             the value in the function, or give the field a type that checks it"
        ));
    }
    if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
        && let Err(error) = Regex::new(pattern)
    {
        let error = error.to_string();
        let reason = error
            .lines()
            .next_back()
            .unwrap_or_default()
            .trim_start_matches("error: ");
        report(format!(
            "the pattern `{pattern}` is listed, but not enforced, because the crate `regex` does not \
             support it ({reason}); write it without look-around and back-references"
        ));
    }
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
