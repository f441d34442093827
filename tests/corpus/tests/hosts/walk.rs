//! Walks the parts of a listed schema.

use serde_json::{Map, Value};

/// A part of a schema.
pub struct Part<'a> {
    /// The keywords; `None` for a boolean schema.
    pub keywords: Option<&'a Map<String, Value>>,
    /// The place, such as `order.items[]`; empty for the root.
    pub path: String,
    /// The number of schemas around it.
    pub depth: usize,
    /// The names of the definitions at the root.
    pub definitions: Vec<&'a str>,
}

impl Part<'_> {
    /// Returns a keyword.
    pub fn get(&self, keyword: &str) -> Option<&Value> {
        self.keywords?.get(keyword)
    }

    /// Returns `true` if the keyword exists.
    pub fn has(&self, keyword: &str) -> bool {
        self.get(keyword).is_some()
    }

    /// Returns the type, if there is a single one.
    pub fn kind(&self) -> Option<&str> {
        self.get("type")?.as_str()
    }
}

/// Returns the schema and all schemas in it.
pub fn parts(schema: &Value) -> Vec<Part<'_>> {
    let mut found = Vec::new();
    walk(schema, String::new(), 0, &mut found);
    let definitions = schema.get("$defs").and_then(Value::as_object);
    let names: Vec<&str> = definitions
        .into_iter()
        .flatten()
        .map(|(name, _)| name.as_str())
        .collect();
    for part in &mut found {
        part.definitions.clone_from(&names);
    }
    found
}

fn walk<'a>(schema: &'a Value, path: String, depth: usize, found: &mut Vec<Part<'a>>) {
    let keywords = schema.as_object();
    let place = path.clone();
    found.push(Part {
        keywords,
        path,
        depth,
        definitions: Vec::new(),
    });
    for (key, value) in keywords.into_iter().flatten() {
        match (key.as_str(), value) {
            ("properties" | "patternProperties" | "$defs", Value::Object(named)) => {
                for (name, child) in named {
                    walk(child, format!("{place}.{name}"), depth + 1, found);
                }
            }
            ("anyOf" | "oneOf" | "allOf" | "prefixItems", Value::Array(list)) => {
                for child in list {
                    walk(child, format!("{place}|"), depth + 1, found);
                }
            }
            ("items" | "not" | "if" | "contains" | "propertyNames", child) => {
                walk(child, format!("{place}[]"), depth + 1, found);
            }
            ("additionalProperties", child) if !child.is_boolean() => {
                walk(child, format!("{place}.*"), depth + 1, found);
            }
            _ => {}
        }
    }
}
