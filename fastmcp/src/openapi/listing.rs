//! [`Listing`]: the schemas of arguments as they are listed, in the portable form.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::call::portable::nodes::for_each_child;
use crate::call::portable::rewrite;
use crate::openapi::arguments::Inputs;
use crate::openapi::document::Document;
use crate::openapi::error::Fault;
use crate::openapi::schema::{Converter, Limits, WIRE_NAME};
use crate::openapi::size::{shorten, within};

/// The largest input schema as JSON, in bytes: about 4000 tokens. Deeper levels of a larger one are left out.
const MAX_INPUT: usize = 16 * 1024;
/// The levels of the largest input schema.
const MAX_LEVELS: usize = 8;
/// The longest description of a part of a value in characters.
const MAX_DESCRIPTION: usize = 400;

/// Makes the listed schemas of the tools of a document. Operations share schemas, so each is converted once.
pub(crate) struct Listing<'d> {
    document: &'d Document,
    /// The portable schemas of arguments by their places.
    inputs: HashMap<String, Value>,
}

impl<'d> Listing<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self {
            document,
            inputs: HashMap::new(),
        }
    }

    /// Returns the schema of all arguments in the form that hosts accept.
    pub(crate) fn input(&mut self, inputs: &Inputs) -> Result<Value, Fault> {
        let mut properties = Map::new();
        let mut required: Vec<&str> = Vec::new();
        for argument in &inputs.arguments {
            let mut schema = match &argument.schema {
                Some(pointer) => self.argument(pointer)?,
                None => portable(json!({}), Map::new()),
            };
            if let Value::Object(schema) = &mut schema {
                argument.describe(schema);
                shorten(schema, MAX_DESCRIPTION);
            }
            properties.insert(argument.name.clone(), schema);
            if argument.is_required {
                required.push(&argument.name);
            }
        }
        let mut root = Map::new();
        root.insert("type".to_owned(), "object".into());
        root.insert("properties".to_owned(), properties.into());
        if !required.is_empty() {
            root.insert("required".to_owned(), required.into());
        }
        Ok(within(root, MAX_INPUT, MAX_LEVELS))
    }

    fn argument(&mut self, pointer: &str) -> Result<Value, Fault> {
        if let Some(known) = self.inputs.get(pointer) {
            return Ok(known.clone());
        }
        let mut converter = Converter::new(self.document, Limits::LISTED);
        let converted = match self.document.at(pointer) {
            Some(at) => converter.convert(&at)?,
            None => json!({}),
        };
        let mut listed = portable(converted, converter.definitions()?);
        if let Value::Object(schema) = listed {
            listed = within(schema, MAX_INPUT, MAX_LEVELS);
        }
        self.inputs.insert(pointer.to_owned(), listed.clone());
        Ok(listed)
    }
}

/// Returns the portable form of the schema of an argument.
fn portable(schema: Value, definitions: Map<String, Value>) -> Value {
    let schema = if schema.is_object() {
        schema
    } else {
        json!({})
    };
    let root = json!({ "type": "object", "properties": { "value": schema }, "$defs": definitions });
    let Value::Object(mut root) = root else {
        return json!({});
    };
    // The lints of the listed schema are reported with those of all tools.
    let _ = rewrite::input(&mut root);
    clean(&mut root);
    let properties = root.get_mut("properties");
    properties
        .and_then(|it| it.get_mut("value"))
        .map_or_else(|| json!({}), Value::take)
}

fn clean(schema: &mut Map<String, Value>) {
    schema.remove(WIRE_NAME);
    shorten(schema, MAX_DESCRIPTION);
    for_each_child(schema, "", |child, _| {
        if let Value::Object(child) = child {
            clean(child);
        }
    });
}
