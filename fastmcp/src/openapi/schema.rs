//! Converts schemas of `OpenAPI` 3.0 and 3.1 into JSON Schema with `$defs`, for arguments.
//!
//! The result is what the API accepts: it checks calls. The portable form for hosts is made from it later.

use std::collections::{HashMap, VecDeque};

use serde_json::{Map, Value, json};

use crate::openapi::document::{Document, Located};
use crate::openapi::error::Fault;
use crate::openapi::name::{UniqueNames, of_argument};

/// The keyword with the name that the API knows, of a property whose own name hosts refuse.
pub(crate) const WIRE_NAME: &str = "x-wire-name";
/// The deepest schema. Texts cannot be deeper than 128, but values that the program parsed can.
const MAX_DEPTH: usize = 128;

/// Keywords that are kept as they are.
const KEPT: [&str; 18] = [
    "description",
    "default",
    "format",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "enum",
    "const",
];
const TYPES: [&str; 7] = [
    "null", "boolean", "integer", "number", "string", "array", "object",
];

/// Converts the schemas of one tool.
pub(crate) struct Converter<'d> {
    document: &'d Document,
    /// The names of definitions, by their place in the document.
    names: HashMap<String, String>,
    unique: UniqueNames,
    waiting: VecDeque<(String, String, usize)>,
    limits: Limits,
    /// The parts that are converted so far.
    nodes: usize,
}

/// The longest chain of references, and the most definitions and parts of one schema. What is beyond has only a type.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    chain: usize,
    definitions: usize,
    nodes: usize,
}

impl Limits {
    /// For the check of a call.
    pub(crate) const CHECKED: Self = Self {
        chain: 8,
        definitions: 300,
        nodes: 20_000,
    };
    /// For the listing, which leaves out deep levels of large schemas anyway.
    pub(crate) const LISTED: Self = Self {
        chain: 5,
        definitions: 60,
        nodes: 200,
    };
}

impl<'d> Converter<'d> {
    pub(crate) fn new(document: &'d Document, limits: Limits) -> Self {
        Self {
            document,
            limits,
            nodes: 0,
            names: HashMap::new(),
            unique: UniqueNames::default(),
            waiting: VecDeque::new(),
        }
    }

    /// Converts a schema at the root.
    pub(crate) fn convert(&mut self, at: &Located<'_>) -> Result<Value, Fault> {
        self.schema(at, 0, 0)
    }

    /// Returns the definitions that the converted schemas refer to.
    pub(crate) fn definitions(mut self) -> Result<Map<String, Value>, Fault> {
        let mut definitions = Map::new();
        while let Some((pointer, name, chain)) = self.waiting.pop_front() {
            let converted = match self.document.at(&pointer) {
                Some(at) => self.schema(&at, chain, 0)?,
                None => json!({}),
            };
            definitions.insert(name, converted);
        }
        Ok(definitions)
    }

    fn schema(&mut self, at: &Located<'_>, chain: usize, depth: usize) -> Result<Value, Fault> {
        let schema = match at.value {
            Value::Bool(allows) => return Ok(Value::Bool(*allows)),
            Value::Object(schema) if depth <= MAX_DEPTH => schema,
            _ => return Ok(json!({})),
        };
        self.nodes += 1;
        if let Some(reference) = schema.get("$ref") {
            return self.reference(at, reference, chain);
        }
        if self.nodes > self.limits.nodes {
            return Ok(only_type(schema));
        }
        let mut converted = Map::new();
        for key in KEPT {
            if let Some(value) = schema.get(key) {
                converted.insert(key.to_owned(), value.clone());
            }
        }
        types(schema, &mut converted);
        self.object(at, schema, &mut converted, chain, depth)?;
        for (key, target) in [("allOf", "allOf"), ("anyOf", "anyOf"), ("oneOf", "anyOf")] {
            let Some(parts) = at.get(key) else {
                continue;
            };
            // Documents often have forms of which several match, so any one of them is enough.
            let parts: Result<Vec<Value>, Fault> = parts
                .items()
                .map(|part| self.schema(&part, chain, depth + 1))
                .collect();
            let parts = parts?;
            if parts.is_empty() {
                continue;
            }
            if converted.contains_key(target) {
                let more = converted.entry("allOf").or_insert_with(|| json!([]));
                if let Value::Array(more) = more {
                    more.push(json!({ target: parts }));
                }
            } else {
                converted.insert(target.to_owned(), parts.into());
            }
        }
        let is_nullable = at.flag("nullable") == Some(true);
        if is_nullable && !converted.contains_key("type") && !is_any(&converted) {
            // In 3.0, `nullable` beside `allOf` alone: the value or null.
            return Ok(json!({ "anyOf": [converted, { "type": "null" }] }));
        }
        Ok(converted.into())
    }

    /// Converts the keywords of objects and arrays.
    fn object(
        &mut self,
        at: &Located<'_>,
        schema: &Map<String, Value>,
        converted: &mut Map<String, Value>,
        chain: usize,
        depth: usize,
    ) -> Result<(), Fault> {
        let mut renamed: HashMap<&str, String> = HashMap::new();
        if let Some(properties) = at.get("properties") {
            let mut listed = Map::new();
            let mut names = UniqueNames::default();
            // Names that stay come first, so that a new name never takes one of them.
            let (legal, other): (Vec<_>, Vec<_>) = properties
                .members()
                .partition(|(name, _)| of_argument(name) == *name);
            for (name, _) in &legal {
                names.take(name);
            }
            for (name, property) in legal.into_iter().chain(other) {
                if self.is_read_only(&property)? {
                    continue;
                }
                let mut value = self.schema(&property, chain, depth + 1)?;
                let legal = of_argument(name);
                if legal == name {
                    listed.insert(legal, value);
                    continue;
                }
                let legal = names.take(&legal);
                if let Value::Object(value) = &mut value {
                    value.insert(WIRE_NAME.to_owned(), name.into());
                }
                renamed.insert(name, legal.clone());
                listed.insert(legal, value);
            }
            converted.insert("properties".to_owned(), listed.into());
        }
        if let Some(Value::Array(required)) = schema.get("required") {
            let known = converted.get("properties").and_then(Value::as_object);
            let mut names: Vec<String> = Vec::new();
            for name in required.iter().filter_map(Value::as_str) {
                let name = renamed.get(name).map_or(name, String::as_str);
                // Those of a part beside this one may be read-only there.
                let is_known = known.is_some_and(|it| it.contains_key(name));
                if is_known && !names.iter().any(|it| it == name) {
                    names.push(name.to_owned());
                }
            }
            if !names.is_empty() {
                converted.insert("required".to_owned(), names.into());
            }
        }
        for key in ["items", "additionalProperties"] {
            if let Some(inner) = at
                .get(key)
                .filter(|it| it.value.is_object() || it.value.is_boolean())
            {
                let inner = self.schema(&inner, chain, depth + 1)?;
                converted.insert(key.to_owned(), inner);
            }
        }
        if let Some(items) = at.get("prefixItems") {
            let items: Result<Vec<Value>, Fault> = items
                .items()
                .map(|item| self.schema(&item, chain, depth + 1))
                .collect();
            converted.insert("prefixItems".to_owned(), items?.into());
        }
        Ok(())
    }

    fn reference(
        &mut self,
        at: &Located<'_>,
        reference: &Value,
        chain: usize,
    ) -> Result<Value, Fault> {
        let target = self.document.target(reference, &at.pointer)?;
        // A reference to a reference is followed here, so that a definition is never one.
        let target = self.document.resolve(target)?;
        let name = if let Some(name) = self.names.get(&target.pointer) {
            name.clone()
        } else {
            if chain >= self.limits.chain
                || self.names.len() >= self.limits.definitions
                || self.nodes > self.limits.nodes
            {
                return Ok(target
                    .value
                    .as_object()
                    .map_or_else(|| json!({}), only_type));
            }
            let last = target.pointer.rsplit('/').next().unwrap_or_default();
            let name = self.unique.take(&of_argument(&last.replace("~1", "_")));
            self.names.insert(target.pointer.clone(), name.clone());
            self.waiting
                .push_back((target.pointer, name.clone(), chain + 1));
            name
        };
        let mut converted = Map::new();
        if let Some(description) = at.text("description") {
            converted.insert("description".to_owned(), description.into());
        }
        converted.insert("$ref".to_owned(), format!("#/$defs/{name}").into());
        Ok(converted.into())
    }

    /// Returns whether only the API sets the property.
    fn is_read_only(&self, property: &Located<'_>) -> Result<bool, Fault> {
        if property.flag("readOnly") == Some(true) {
            return Ok(true);
        }
        let target = self.document.resolve(property.clone())?;
        Ok(target.flag("readOnly") == Some(true))
    }
}

/// Returns the type of a schema that is not converted.
fn only_type(schema: &Map<String, Value>) -> Value {
    let mut converted = Map::new();
    types(schema, &mut converted);
    converted.into()
}

/// Writes the type, with `null` if the schema allows it.
fn types(schema: &Map<String, Value>, converted: &mut Map<String, Value>) {
    let is_known = |kind: &&Value| kind.as_str().is_some_and(|it| TYPES.contains(&it));
    let mut kinds: Vec<Value> = match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter(is_known).cloned().collect(),
        Some(kind) if is_known(&kind) => vec![kind.clone()],
        _ => Vec::new(),
    };
    if kinds.is_empty() {
        // A type that is left out follows from the other keywords.
        let has = |key: &str| schema.contains_key(key);
        if has("properties") || has("additionalProperties") {
            kinds.push("object".into());
        } else if has("items") {
            kinds.push("array".into());
        }
    }
    let is_nullable = schema.get("nullable") == Some(&Value::Bool(true));
    if is_nullable && !kinds.is_empty() && !kinds.iter().any(|it| it == "null") {
        kinds.push("null".into());
    }
    let allows_null = kinds.iter().any(|it| it == "null");
    match kinds.len() {
        0 => {}
        1 => drop(converted.insert("type".to_owned(), kinds.remove(0))),
        _ => drop(converted.insert("type".to_owned(), kinds.into())),
    }
    if let Some(Value::Array(values)) = converted.get_mut("enum")
        && allows_null
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

fn is_any(schema: &Map<String, Value>) -> bool {
    schema
        .keys()
        .all(|key| key == "description" || key == "default")
}
