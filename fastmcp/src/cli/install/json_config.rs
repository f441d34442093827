//! Edits the JSON files of hosts. Comments, the order and the layout of other entries stay as they are.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstRootNode};
use serde_json::{Map, Value};

use crate::cli::install::entry::{Edited, Entry};

/// Sets or removes an entry below `key`.
pub(crate) fn edit(
    text: &str,
    key: &str,
    entry: &Entry<'_>,
    accepts_comments: bool,
) -> Result<Edited, String> {
    let options = ParseOptions {
        allow_comments: accepts_comments,
        allow_trailing_commas: accepts_comments,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let is_new = text.trim().is_empty();
    let source = if is_new { "{\n}\n" } else { text };
    if !accepts_comments {
        // The other parser keeps comments even if they are not allowed.
        serde_json::from_str::<Value>(source)
            .map_err(|error| format!("the file is not valid JSON: {error}"))?;
    }
    let root = CstRootNode::parse(source, &options)
        .map_err(|error| format!("the file is not valid JSON: {error}"))?;
    let object = root.object_value().ok_or("the file is not a JSON object")?;
    let had_servers = object.get(key).is_some();
    let unchanged = || Edited {
        text: text.to_owned(),
        had_entry: false,
    };
    if entry.value.is_none() && !had_servers {
        return Ok(unchanged());
    }
    let servers = object
        .object_value_or_create(key)
        .ok_or_else(|| format!("`{key}` is not a JSON object"))?;
    let current = servers.get(entry.name);
    let had_entry = current.is_some();
    match (&entry.value, current) {
        (None, None) => return Ok(unchanged()),
        (None, Some(current)) => current.remove(),
        (Some(value), Some(current)) => {
            let stored = current.value().and_then(|it| it.to_serde_value());
            if stored.as_ref() != Some(&Value::Object(value.clone())) {
                current.set_value(input(&Value::Object(value.clone())));
            }
        }
        (Some(value), None) => {
            servers.append(entry.name, input(&Value::Object(value.clone())));
        }
    }
    Ok(Edited {
        text: root.to_string(),
        had_entry,
    })
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(fields) => CstInputValue::Object(fields_of(fields)),
    }
}

fn fields_of(fields: &Map<String, Value>) -> Vec<(String, CstInputValue)> {
    let fields = fields.iter();
    fields
        .map(|(key, value)| (key.clone(), input(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(command: &str) -> Entry<'static> {
        Entry {
            name: "tea",
            value: json!({ "command": command, "args": [] })
                .as_object()
                .cloned(),
        }
    }

    const REMOVE: Entry<'_> = Entry {
        name: "tea",
        value: None,
    };

    #[test]
    fn other_entries_and_comments_stay_as_they_are() {
        let text = "{\n    // mine\n    \"inputs\": [],\n    \"servers\": {\n        \"a\": { \"command\": \"a\" }, // first\n    },\n}\n";
        let edited = edit(text, "servers", &entry("/tea"), true).unwrap();
        assert!(!edited.had_entry);
        for part in [
            "// mine",
            "\"inputs\": []",
            "\"a\": { \"command\": \"a\" }",
            "// first",
        ] {
            assert!(edited.text.contains(part), "{}", edited.text);
        }
        let again = edit(&edited.text, "servers", &entry("/tea"), true).unwrap();
        assert_eq!(
            (again.text.as_str(), again.had_entry),
            (edited.text.as_str(), true)
        );
        let changed = edit(&edited.text, "servers", &entry("/new"), true).unwrap();
        assert!(changed.text.contains("/new") && !changed.text.contains("/tea"));
        let removed = edit(&changed.text, "servers", &REMOVE, true).unwrap();
        assert!(!removed.text.contains("tea") && removed.text.contains("// first"));
    }

    #[test]
    fn a_new_file_is_strict_json() {
        for text in ["", "  \n", "{}"] {
            let edited = edit(text, "mcpServers", &entry("/a \"b\"\\c"), false).unwrap();
            let value: Value = serde_json::from_str(&edited.text).unwrap();
            assert_eq!(value["mcpServers"]["tea"]["command"], "/a \"b\"\\c");
        }
        assert_eq!(edit("", "mcpServers", &REMOVE, false).unwrap().text, "");
    }

    #[test]
    fn files_that_cannot_be_edited_are_errors() {
        for (text, problem) in [
            ("{ \"a\": }", "not valid JSON"),
            ("{ // comment\n}", "not valid JSON"),
            ("[]", "not a JSON object"),
            (
                "{ \"mcpServers\": [] }",
                "`mcpServers` is not a JSON object",
            ),
        ] {
            let error = edit(text, "mcpServers", &entry("/tea"), false).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
