//! The schemas of tools as they are listed: portable, and not larger than hosts can use.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::call::portable::nodes::for_each_child;
use crate::call::portable::rewrite;
use crate::openapi::arguments::Inputs;
use crate::openapi::document::{Document, Located};
use crate::openapi::error::Fault;
use crate::openapi::media_type::is_json;
use crate::openapi::schema::{Converter, Limits, WIRE_NAME};

/// The largest input schema as JSON, in bytes: about 4000 tokens. Deeper levels of a larger one are left out.
const MAX_INPUT: usize = 16 * 1024;
/// The largest output schema. Models rarely see it.
const MAX_OUTPUT: usize = 8 * 1024;
/// The levels of the largest input and output schemas.
const MAX_LEVELS: usize = 8;
const MAX_OUTPUT_LEVELS: usize = 4;
/// The longest description of a part of a value in characters, and that of a level that is cut.
const MAX_DESCRIPTION: usize = 400;
const SHORT_DESCRIPTION: usize = 120;
/// The most parts of an output schema that are read.
const MAX_PARTS: usize = 500;

/// Makes the listed schemas of the tools of a document. Operations share schemas, so each is converted once.
pub(crate) struct Listing<'d> {
    document: &'d Document,
    /// The portable schemas of arguments by their places.
    inputs: HashMap<String, Value>,
    /// The fields of results by their places and levels, and the number of parts.
    outputs: HashMap<(String, usize, bool), (Value, usize)>,
}

impl<'d> Listing<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self {
            document,
            inputs: HashMap::new(),
            outputs: HashMap::new(),
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

fn shorten(schema: &mut Map<String, Value>, length: usize) {
    if let Some(Value::String(text)) = schema.get_mut("description")
        && text.chars().count() > length
    {
        *text = text.chars().take(length).chain(['…']).collect();
    }
}

/// Leaves out the deepest levels until the schema is small enough.
fn within(schema: Map<String, Value>, bytes: usize, levels: usize) -> Value {
    let schema = Value::Object(schema);
    for levels in (1..=levels).rev() {
        if crate::text::serialized_size(&schema) <= bytes {
            return schema;
        }
        let mut cut = schema.clone();
        if let Value::Object(cut) = &mut cut {
            prune(cut, levels);
        }
        if crate::text::serialized_size(&cut) <= bytes || levels == 1 {
            return cut;
        }
    }
    schema
}

/// Leaves out what is deeper than `levels`.
fn prune(schema: &mut Map<String, Value>, levels: usize) {
    if levels > 0 {
        for_each_child(schema, "", |child, path| {
            if let Value::Object(child) = child {
                // A branch of a choice is on the level of the choice.
                prune(child, levels - usize::from(!path.is_empty()));
            }
        });
        return;
    }
    shorten(schema, SHORT_DESCRIPTION);
    let is_array = schema.get("type").is_some_and(|it| it == "array");
    let is_shallow = !["properties", "anyOf", "items", "additionalProperties"]
        .iter()
        .any(|key| schema.contains_key(*key));
    if is_shallow {
        return;
    }
    for key in [
        "properties",
        "required",
        "anyOf",
        "additionalProperties",
        "default",
    ] {
        schema.remove(key);
    }
    if is_array {
        let item = schema.get("items").and_then(|it| it.get("type")).cloned();
        let items = item.map_or_else(|| json!({}), |kind| json!({ "type": kind }));
        schema.insert("items".to_owned(), items);
    }
}

impl<'d> Listing<'d> {
    /// Returns the schema of the result, if the successful response is an object.
    ///
    /// Clients refuse results that do not match, and APIs often send what their document does not state. So the schema
    /// names the fields and their types, allows null, and requires nothing.
    pub(crate) fn output(&mut self, operation: &Located<'d>) -> Option<Value> {
        let at = self.response(operation)?;
        for shortest in [false, true] {
            let mut outline = Outline {
                listing: self,
                parts: 0,
                shortest,
            };
            let Value::Object(mut schema) = outline.schema(at.clone(), 0) else {
                return None;
            };
            let is_object = schema
                .get("type")
                .is_some_and(|it| it == &json!(["object", "null"]));
            if !is_object || !schema.contains_key("properties") {
                return None;
            }
            schema.insert("type".to_owned(), "object".into());
            if shortest || crate::text::serialized_size(&schema) <= MAX_OUTPUT {
                let listed = within(schema, MAX_OUTPUT, MAX_OUTPUT_LEVELS);
                return (crate::text::serialized_size(&listed) <= MAX_OUTPUT).then_some(listed);
            }
        }
        None
    }

    /// Returns the schema of the first successful response of JSON.
    fn response(&self, operation: &Located<'d>) -> Option<Located<'d>> {
        let is_success = |code: &str| code.starts_with('2') && code.len() == 3;
        let responses = operation.get("responses")?;
        let responses = responses.members().filter(|(code, _)| is_success(code));
        let mut successes: Vec<(&str, Located<'d>)> = responses.collect();
        successes.sort_by_key(|(code, _)| *code);
        successes.into_iter().find_map(|(_, response)| {
            let content = self.document.resolve(response).ok()?.get("content")?;
            let (_, media) = content.members().find(|(name, _)| is_json(name))?;
            media.get("schema")
        })
    }
}

/// Writes the fields and types of a schema.
struct Outline<'l, 'd> {
    listing: &'l mut Listing<'d>,
    parts: usize,
    /// Leaves descriptions out.
    shortest: bool,
}

impl<'d> Outline<'_, 'd> {
    fn schema(&mut self, at: Located<'d>, level: usize) -> Value {
        self.parts += 1;
        if level > MAX_OUTPUT_LEVELS || self.parts > MAX_PARTS {
            return json!({});
        }
        let is_reference = at.value.get("$ref").is_some();
        let Ok(at) = self.listing.document.resolve(at) else {
            return json!({});
        };
        if !is_reference {
            return self.outline(at, level);
        }
        let key = (at.pointer.clone(), level, self.shortest);
        if let Some((known, parts)) = self.listing.outputs.get(&key) {
            self.parts += parts;
            return known.clone();
        }
        let before = self.parts;
        let outline = self.outline(at, level);
        // One that was cut depends on what is around it.
        if self.parts <= MAX_PARTS {
            let found = (outline.clone(), self.parts - before);
            self.listing.outputs.insert(key, found);
        }
        outline
    }

    fn outline(&mut self, at: Located<'d>, level: usize) -> Value {
        let mut outline = Map::new();
        if let Some(text) = at.text("description").filter(|_| !self.shortest) {
            outline.insert("description".to_owned(), text.into());
            shorten(&mut outline, SHORT_DESCRIPTION);
        }
        let is_choice = ["anyOf", "oneOf"]
            .iter()
            .any(|key| at.value.get(*key).is_some());
        let kind = at.text("type").or_else(|| {
            let kinds = at.value.get("type")?.as_array()?;
            let mut kinds = kinds
                .iter()
                .filter_map(Value::as_str)
                .filter(|it| *it != "null");
            kinds.next().filter(|_| kinds.next().is_none())
        });
        let is_object = kind == Some("object")
            || (kind.is_none() && (at.get("properties").is_some() || at.get("allOf").is_some()));
        if is_choice && !(level == 0 && is_object) {
            // Which form is sent does not matter to a client that reads it.
            return outline.into();
        }
        match kind {
            _ if is_object => {
                let mut properties = Map::new();
                if !self.properties(at, level, &mut properties, 0) {
                    return outline.into();
                }
                outline.insert("type".to_owned(), json!(["object", "null"]));
                if !properties.is_empty() {
                    outline.insert("properties".to_owned(), properties.into());
                }
            }
            Some("array") => {
                outline.insert("type".to_owned(), json!(["array", "null"]));
                if let Some(items) = at.get("items") {
                    outline.insert("items".to_owned(), self.schema(items, level + 1));
                }
            }
            // Some APIs send `1.0` for an integer.
            Some("integer" | "number") => {
                outline.insert("type".to_owned(), json!(["number", "null"]));
            }
            Some(kind @ ("string" | "boolean")) => {
                outline.insert("type".to_owned(), json!([kind, "null"]));
            }
            _ => {}
        }
        outline.into()
    }

    /// Adds the properties of an object and of its parts; `false` if a part is no object.
    fn properties(
        &mut self,
        at: Located<'d>,
        level: usize,
        properties: &mut Map<String, Value>,
        depth: usize,
    ) -> bool {
        let Ok(at) = self.listing.document.resolve(at) else {
            return false;
        };
        if depth > 8 || at.text("type").is_some_and(|it| it != "object") {
            return false;
        }
        for (name, property) in at.get("properties").iter().flat_map(Located::members) {
            if property.flag("writeOnly") == Some(true) || properties.contains_key(name) {
                continue;
            }
            let schema = self.schema(property, level + 1);
            properties.insert(name.to_owned(), schema);
        }
        let parts: Vec<Located<'d>> = at.get("allOf").iter().flat_map(Located::items).collect();
        parts
            .into_iter()
            .all(|part| self.properties(part, level, properties, depth + 1))
    }
}
