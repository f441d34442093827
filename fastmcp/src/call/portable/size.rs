//! Measures schemas: hosts limit choices, properties and depth.

use serde_json::{Map, Value};

use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::for_each_child;

/// The most values of an `enum`, properties in all, and levels that hosts accept.
const MAX_CHOICES: usize = 250;
const MAX_PROPERTIES: usize = 5_000;
const MAX_DEPTH: usize = 10;

/// Reports a schema that is larger than hosts accept.
pub(crate) fn check(schema: &Map<String, Value>, lints: &mut Vec<SchemaLint>) {
    let mut found = Size::default();
    measure(&mut schema.clone(), 1, &mut found);
    let Size {
        choices,
        properties,
        depth,
    } = found;
    for (is_over, problem) in [
        (
            choices > MAX_CHOICES,
            format!("an enum has {choices} values, more than {MAX_CHOICES}"),
        ),
        (
            properties > MAX_PROPERTIES,
            format!("the schema has {properties} properties, more than {MAX_PROPERTIES}"),
        ),
        (
            depth > MAX_DEPTH,
            format!("the schema is {depth} levels deep, more than {MAX_DEPTH}"),
        ),
    ] {
        if is_over {
            lints.push(SchemaLint {
                code: "large-schema",
                path: String::new(),
                message: format!(
                    "{problem}; OpenAI and Anthropic refuse it in strict mode: split the tool, or \
                     take plain text and check it in the handler"
                ),
            });
        }
    }
}

#[derive(Default)]
struct Size {
    choices: usize,
    properties: usize,
    depth: usize,
}

fn measure(schema: &mut Map<String, Value>, depth: usize, found: &mut Size) {
    found.depth = found.depth.max(depth);
    if let Some(Value::Array(values)) = schema.get("enum") {
        found.choices = found.choices.max(values.len());
    }
    if let Some(Value::Object(properties)) = schema.get("properties") {
        found.properties += properties.len();
    }
    for_each_child(schema, "", |child, path| {
        if let Value::Object(child) = child {
            // A branch of a choice is on the level of the choice.
            measure(child, depth + usize::from(!path.is_empty()), found);
        }
    });
}
