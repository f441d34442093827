//! [`Results`]: the schemas of results as they are listed.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::openapi::document::{Document, Located};
use crate::openapi::media_type::is_json;
use crate::openapi::size::{SHORT_DESCRIPTION, shorten, within};

/// The largest output schema as JSON, in bytes. Models rarely see it.
const MAX_OUTPUT: usize = 8 * 1024;
const MAX_OUTPUT_LEVELS: usize = 4;
/// The most parts of an output schema that are read.
const MAX_PARTS: usize = 500;

/// The fields of results by their places and levels, and the number of parts.
type Known = HashMap<(String, usize, bool), (Value, usize)>;

/// Makes the listed schemas of results. Operations share schemas, so each is read once.
pub(crate) struct Results<'d> {
    document: &'d Document,
    known: Known,
}

impl<'d> Results<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self {
            document,
            known: HashMap::new(),
        }
    }

    /// Returns the schema of the result, if the successful response is an object.
    ///
    /// Clients refuse results that do not match, and APIs often send what their document does not state. So the schema
    /// names the fields and their types, allows null, and requires nothing.
    pub(crate) fn output(&mut self, operation: &Located<'d>) -> Option<Value> {
        let at = self.response(operation)?;
        for shortest in [false, true] {
            let mut outline = Outline {
                results: self,
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
    results: &'l mut Results<'d>,
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
        let Ok(at) = self.results.document.resolve(at) else {
            return json!({});
        };
        if !is_reference {
            return self.outline(at, level);
        }
        let key = (at.pointer.clone(), level, self.shortest);
        if let Some((known, parts)) = self.results.known.get(&key) {
            self.parts += parts;
            return known.clone();
        }
        let before = self.parts;
        let outline = self.outline(at, level);
        // One that was cut depends on what is around it.
        if self.parts <= MAX_PARTS {
            let found = (outline.clone(), self.parts - before);
            self.results.known.insert(key, found);
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
        let Ok(at) = self.results.document.resolve(at) else {
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
