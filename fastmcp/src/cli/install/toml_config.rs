//! Edits the TOML file of Codex. Comments, the order and the layout of other tables stay as they are.

use serde_json::Value;
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, value};

use crate::cli::install::entry::{Edited, Entry};

/// Sets or removes the table `[key.name]`.
pub(crate) fn edit(text: &str, key: &str, entry: &Entry<'_>) -> Result<Edited, String> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error| format!("the file is not valid TOML: {error}"))?;
    let root = document.as_table_mut();
    if entry.value.is_none() && !root.contains_key(key) {
        return Ok(Edited {
            text: text.to_owned(),
            had_entry: false,
        });
    }
    let servers = root.entry(key).or_insert_with(|| {
        let mut servers = Table::new();
        // Only its tables have headers.
        servers.set_implicit(true);
        Item::Table(servers)
    });
    let servers = servers
        .as_table_like_mut()
        .ok_or_else(|| format!("`{key}` is not a table"))?;
    let had_entry = servers.contains_key(entry.name);
    match &entry.value {
        None => {
            servers.remove(entry.name);
        }
        Some(fields) => {
            let table = servers
                .entry(entry.name)
                .or_insert_with(|| Item::Table(Table::new()));
            let table = table
                .as_table_like_mut()
                .ok_or_else(|| format!("`{key}.{}` is not a table", entry.name))?;
            // Codex keeps other settings in the table, such as time limits.
            for (name, field) in fields {
                let field = item(field);
                let is_same = table
                    .get(name)
                    .is_some_and(|current| current.to_string().trim() == field.to_string().trim());
                if !is_same {
                    table.insert(name, field);
                }
            }
            if !fields.contains_key("env") {
                table.remove("env");
            }
        }
    }
    Ok(Edited {
        text: document.to_string(),
        had_entry,
    })
}

fn item(field: &Value) -> Item {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match field {
        Value::Array(items) => value(items.iter().map(text).collect::<Array>()),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, field)| (name.as_str(), text(field)));
            value(fields.collect::<InlineTable>())
        }
        field => value(text(field)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(command: &str) -> Entry<'static> {
        let value = json!({ "command": command, "args": ["-v"], "env": { "A": "1 \"x\"" } });
        Entry {
            name: "tea",
            value: value.as_object().cloned(),
        }
    }

    #[test]
    fn other_tables_and_comments_stay_as_they_are() {
        let text = "# mine\nmodel = \"m\"\n\n[mcp_servers.a]\ncommand = \"a\" # first\n";
        let edited = edit(text, "mcp_servers", &entry("/tea")).unwrap();
        assert!(edited.text.starts_with(text), "{}", edited.text);
        let rest = &edited.text[text.len()..];
        assert_eq!(
            rest,
            "\n[mcp_servers.tea]\ncommand = \"/tea\"\nargs = [\"-v\"]\nenv = { A = '1 \"x\"' }\n"
        );
        let again = edit(&edited.text, "mcp_servers", &entry("/tea")).unwrap();
        assert_eq!(
            (again.text.as_str(), again.had_entry),
            (edited.text.as_str(), true)
        );
        let with_limit = edited
            .text
            .replace("args =", "startup_timeout_sec = 30\nargs =");
        let changed = edit(&with_limit, "mcp_servers", &entry("/new")).unwrap();
        assert!(changed.text.contains("startup_timeout_sec = 30") && changed.text.contains("/new"));
        let remove = Entry {
            name: "tea",
            value: None,
        };
        assert_eq!(
            edit(&edited.text, "mcp_servers", &remove)
                .unwrap()
                .text
                .trim(),
            text.trim()
        );
        assert_eq!(edit("", "mcp_servers", &remove).unwrap().text, "");
    }

    #[test]
    fn files_that_cannot_be_edited_are_errors() {
        for (text, problem) in [
            ("a =", "not valid TOML"),
            ("mcp_servers = 1", "`mcp_servers` is not a table"),
            ("[mcp_servers]\ntea = 1", "`mcp_servers.tea` is not a table"),
        ] {
            let error = edit(text, "mcp_servers", &entry("/tea")).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }
}
