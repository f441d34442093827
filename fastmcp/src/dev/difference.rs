//! The difference between the lists of two servers, as text.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use crate::context::change::ListKind;
use crate::dev::catalog::Catalog;

/// The number of changed places of one component that are printed.
const MAX_PLACES: usize = 20;

/// The length of a value that is printed, in characters.
const MAX_VALUE: usize = 60;

/// Returns the lists that differ.
pub(super) fn changed_lists(before: &Catalog, after: &Catalog) -> Vec<ListKind> {
    let mut changed = Vec::new();
    if before.tools != after.tools {
        changed.push(ListKind::Tools);
    }
    if before.resources != after.resources || before.templates != after.templates {
        changed.push(ListKind::Resources);
    }
    if before.prompts != after.prompts {
        changed.push(ListKind::Prompts);
    }
    changed
}

/// Returns the difference as lines: `+` for what is new, `-` for what is gone, `~` for what has changed, with the
/// places in its JSON.
pub(super) fn describe(before: &Catalog, after: &Catalog) -> String {
    let mut text = String::new();
    for (kind, key, before, after) in [
        ("tool", "name", &before.tools, &after.tools),
        ("resource", "uri", &before.resources, &after.resources),
        (
            "resource template",
            "uriTemplate",
            &before.templates,
            &after.templates,
        ),
        ("prompt", "name", &before.prompts, &after.prompts),
    ] {
        let (before, after) = (by_name(before, key), by_name(after, key));
        let names: BTreeSet<&str> = before.keys().chain(after.keys()).copied().collect();
        for name in names {
            let _ = match (before.get(name), after.get(name)) {
                (None, Some(_)) => writeln!(text, "+ {kind} {name}"),
                (Some(_), None) => writeln!(text, "- {kind} {name}"),
                (Some(before), Some(after)) if before != after => {
                    let mut places = Vec::new();
                    compare("", before, after, &mut places);
                    let rest = places.len().saturating_sub(MAX_PLACES);
                    places.truncate(MAX_PLACES);
                    if rest > 0 {
                        places.push(format!("… and {rest} more"));
                    }
                    let places = places.iter().map(|place| format!("    {place}\n"));
                    write!(text, "~ {kind} {name}\n{}", places.collect::<String>())
                }
                _ => Ok(()),
            };
        }
    }
    text
}

fn by_name<'a>(items: &'a [Value], key: &str) -> BTreeMap<&'a str, &'a Value> {
    let named = items
        .iter()
        .map(|item| (item[key].as_str().unwrap_or_default(), item));
    named.collect()
}

/// Adds a line for each place where the values differ.
fn compare(path: &str, before: &Value, after: &Value, places: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
            for key in keys {
                let path = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                match (before.get(key), after.get(key)) {
                    (Some(before), Some(after)) => compare(&path, before, after, places),
                    (None, Some(value)) => places.push(format!("+ {path}: {}", short(value))),
                    (Some(value), None) => places.push(format!("- {path}: {}", short(value))),
                    (None, None) => {}
                }
            }
        }
        (Value::Array(before), Value::Array(after))
            if before.iter().all(is_scalar) && after.iter().all(is_scalar) =>
        {
            // The elements of `required`, `enum` and `type` are sets.
            let only = |these: &[Value], others: &[Value], sign: &str| {
                let only = these.iter().filter(|it| !others.contains(it));
                only.map(|it| format!("{sign} {path}[]: {}", short(it)))
                    .collect::<Vec<_>>()
            };
            places.extend(only(after, before, "+"));
            places.extend(only(before, after, "-"));
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                compare(&format!("{path}[{index}]"), before, after, places);
            }
        }
        (before, after) if before != after => {
            places.push(format!("{path}: {} -> {}", short(before), short(after)));
        }
        _ => {}
    }
}

fn is_scalar(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_difference_names_each_changed_place() {
        let tool = |name: &str, schema: Value| json!({ "name": name, "description": "Adds.", "inputSchema": schema });
        let number = json!({ "type": "number" });
        let before = Catalog {
            tools: vec![
                tool(
                    "add",
                    json!({ "properties": { "a": { "type": "integer" } }, "required": ["a"] }),
                ),
                tool("gone", json!({})),
                tool("same", json!({})),
            ],
            ..Catalog::default()
        };
        let after = Catalog {
            tools: vec![
                tool(
                    "add",
                    json!({ "properties": { "a": number, "b": number }, "required": ["a", "b"] }),
                ),
                tool("new", json!({})),
                tool("same", json!({})),
            ],
            prompts: vec![json!({ "name": "greet" })],
            ..Catalog::default()
        };
        assert_eq!(
            describe(&before, &after),
            "~ tool add\n    \
             inputSchema.properties.a.type: \"integer\" -> \"number\"\n    \
             + inputSchema.properties.b: {\"type\":\"number\"}\n    \
             + inputSchema.required[]: \"b\"\n\
             - tool gone\n\
             + tool new\n\
             + prompt greet\n"
        );
        assert_eq!(
            changed_lists(&before, &after),
            [ListKind::Tools, ListKind::Prompts]
        );
        assert_eq!(describe(&after, &after), "");
        assert!(changed_lists(&after, &after).is_empty());
    }

    #[test]
    fn a_large_difference_is_cut() {
        let schema = |offset: usize| {
            let values = (0..100).map(|it| (format!("k{it}"), json!("x".repeat(100 + offset))));
            json!({ "name": "big", "inputSchema": values.collect::<serde_json::Map<_, _>>() })
        };
        let catalog = |offset| Catalog {
            tools: vec![schema(offset)],
            ..Catalog::default()
        };
        let text = describe(&catalog(0), &catalog(1));
        assert_eq!(text.lines().count(), 1 + MAX_PLACES + 1);
        assert!(text.ends_with("… and 80 more\n"), "{text}");
        assert!(
            text.lines().all(|line| line.chars().count() < 160),
            "{text}"
        );
    }
}
