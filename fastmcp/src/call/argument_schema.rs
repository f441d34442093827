//! [`ArgumentSchema`]: the schema of one argument, as the decoder uses it.
//!
//! Serde sees a value only as the type asks for it, and buffers the values of tagged enums and flattened
//! fields. What needs the whole shape of a type follows its schema instead:
//!
//! | module | subject |
//! |---|---|
//! | `walk` | the keywords of a schema, and which values match it |
//! | `reread` | text that is read as JSON where the type takes no text |
//! | `limits` | the limits that a schema lists, enforced at every depth |
//! | `listed_limits` | whether it lists any |
//! | `wide` | integers of 64 bits that are written as text |
//!
//! It is the schema of the type itself, before it is simplified for listing.

pub(crate) mod limits;
pub(crate) mod listed_limits;
pub(crate) mod reread;
pub(crate) mod walk;
pub(crate) mod wide;

use std::collections::HashMap;
use std::sync::OnceLock;

use regex::Regex;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::call::argument_schema::listed_limits::lists_limits;
use crate::call::schema_generator::generator;

/// The schema of one argument, generated on first use.
#[doc(hidden)]
#[derive(Default)]
pub struct LazyArgumentSchema(OnceLock<ArgumentSchema>);

impl LazyArgumentSchema {
    pub(crate) const fn new() -> Self {
        Self(OnceLock::new())
    }

    pub(crate) fn get(&self, schema: fn(&mut SchemaGenerator) -> Schema) -> &ArgumentSchema {
        self.0.get_or_init(|| ArgumentSchema::generate(schema))
    }
}

/// The schema of one argument.
#[derive(Debug)]
pub(crate) struct ArgumentSchema {
    pub(crate) root: Value,
    /// The definitions of recursive types.
    pub(crate) definitions: Map<String, Value>,
    /// The regular expressions in the schema. One that does not compile is not enforced.
    pub(crate) patterns: HashMap<String, Regex>,
    /// Whether any part has a limit. Without one, checking a value costs nothing.
    pub(crate) has_limits: bool,
}

impl ArgumentSchema {
    fn generate(schema: fn(&mut SchemaGenerator) -> Schema) -> Self {
        let mut generator = generator();
        let root = schema(&mut generator).to_value();
        let definitions = generator.take_definitions(false);
        Self::new(root, definitions)
    }

    pub(crate) fn new(root: Value, definitions: Map<String, Value>) -> Self {
        let mut patterns = HashMap::new();
        let mut has_limits = lists_limits(&root);
        collect_patterns(&root, &mut patterns);
        for definition in definitions.values() {
            has_limits |= lists_limits(definition);
            collect_patterns(definition, &mut patterns);
        }
        Self {
            root,
            definitions,
            patterns,
            has_limits,
        }
    }
}

fn collect_patterns(schema: &Value, patterns: &mut HashMap<String, Regex>) {
    match schema {
        Value::Object(schema) => {
            if let Some(pattern) = schema.get("pattern").and_then(Value::as_str)
                && let Ok(regex) = Regex::new(pattern)
            {
                patterns.insert(pattern.to_owned(), regex);
            }
            for schema in schema.values() {
                collect_patterns(schema, patterns);
            }
        }
        Value::Array(schemas) => {
            for schema in schemas {
                collect_patterns(schema, patterns);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
