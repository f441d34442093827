//! Lists an enum with a tag as one object, because some hosts lose all branches of a choice but one.
//!
//! The description of the tag states the fields of each variant. An enum keeps its choice if one object
//! could not tell its variants apart: if a field has several types, or if a variant refuses the fields of
//! others.

use serde_json::{Map, Value, json};

use crate::call::portable::nodes::{describe, type_of};

/// The keywords of a branch that one object can express.
const EXPRESSED: [&str; 4] = ["type", "properties", "required", "description"];

/// Returns `true` if a branch of a choice refuses unknown fields. Hosts in strict mode send every field
/// that is listed, so such branches cannot share one object.
pub(crate) fn has_closed_branch(schema: &Map<String, Value>) -> bool {
    let is_closed = |branch: &Value| {
        let closes = |key: &str| branch.get(key) == Some(&Value::Bool(false));
        closes("additionalProperties") || closes("unevaluatedProperties")
    };
    let lists = ["oneOf", "anyOf"].map(|key| schema.get(key).and_then(Value::as_array));
    lists.into_iter().flatten().flatten().any(is_closed)
}

/// Returns one object for the branches of a choice; `None` if they have no common tag, or if the object
/// would be ambiguous.
pub(crate) fn merged(branches: &[Value]) -> Option<Map<String, Value>> {
    let variants: Vec<Variant<'_>> = branches.iter().map(Variant::new).collect::<Option<_>>()?;
    let [first, others @ ..] = variants.as_slice() else {
        return None;
    };
    if others.is_empty() {
        return None;
    }
    let tag = first.properties.keys().find(|tag| {
        let names: Option<Vec<&str>> = variants.iter().map(|it| it.name(tag)).collect();
        names.is_some_and(|names| (1..names.len()).all(|it| !names[..it].contains(&names[it])))
    })?;
    let names: Vec<&str> = variants.iter().filter_map(|it| it.name(tag)).collect();
    let lines: Vec<String> = variants.iter().filter_map(|it| it.line(tag)).collect();
    let mut listed = json!({ "type": "string", "enum": names, "description": lines.join("\n") });
    if let Some(text) = common_description(&variants, tag)
        && let Value::Object(listed) = &mut listed
    {
        listed.insert("description".into(), text.into());
        describe(listed, &lines.join("\n"));
    }
    let mut properties = Map::from_iter([(tag.clone(), listed)]);
    for variant in &variants {
        for (name, field) in variant.properties.iter().filter(|(name, _)| *name != tag) {
            match properties.get_mut(name) {
                None => drop(properties.insert(name.clone(), field.clone())),
                Some(known) => unite(known, field)?,
            }
        }
    }
    let is_common = |name: &&String| variants.iter().all(|it| it.requires(name));
    let required: Vec<&String> = properties.keys().filter(is_common).collect();
    let required = json!(required);
    Some(Map::from_iter([
        ("type".to_owned(), "object".into()),
        ("properties".to_owned(), properties.into()),
        ("required".to_owned(), required),
    ]))
}

/// Returns the description that the tag has in all variants.
fn common_description(variants: &[Variant<'_>], tag: &str) -> Option<String> {
    let mut texts = variants
        .iter()
        .map(|it| it.properties.get(tag)?.get("description"));
    let first = texts.next()??;
    texts
        .all(|it| it == Some(first))
        .then(|| first.as_str().map(str::to_owned))?
}

/// Merges two schemas of a field that differ at most in their descriptions.
fn unite(known: &mut Value, other: &Value) -> Option<()> {
    let without_description = |schema: &Value| {
        let mut schema = schema.clone();
        schema
            .as_object_mut()
            .and_then(|it| it.remove("description"));
        schema
    };
    if without_description(known) != without_description(other) {
        return None;
    }
    if let Some(Value::String(text)) = other.get("description")
        && let Value::Object(known) = known
    {
        describe(known, text);
    }
    Some(())
}

/// A branch of a choice.
struct Variant<'a> {
    properties: &'a Map<String, Value>,
    required: Vec<&'a str>,
    description: Option<&'a str>,
}

impl<'a> Variant<'a> {
    fn new(branch: &'a Value) -> Option<Self> {
        let branch = branch.as_object()?;
        let is_plain = type_of(branch) == Some("object")
            && branch.keys().all(|key| EXPRESSED.contains(&key.as_str()));
        let required = branch.get("required").and_then(Value::as_array);
        is_plain.then_some(Self {
            properties: branch.get("properties")?.as_object()?,
            required: required
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect(),
            description: branch.get("description").and_then(Value::as_str),
        })
    }

    fn requires(&self, name: &str) -> bool {
        self.required.contains(&name)
    }

    /// Returns the only value of the tag.
    fn name(&self, tag: &str) -> Option<&'a str> {
        let values = self.properties.get(tag)?.get("enum")?.as_array()?;
        let [only] = values.as_slice() else {
            return None;
        };
        only.as_str().filter(|_| self.requires(tag))
    }

    /// Describes the variant in one line.
    fn line(&self, tag: &str) -> Option<String> {
        let name = self.name(tag)?;
        let of = |required: bool| {
            let names = self.properties.keys().filter(|it| *it != tag);
            let names = names.filter(|it| self.requires(it) == required);
            let names: Vec<String> = names.map(|it| format!("`{it}`")).collect();
            (!names.is_empty()).then(|| names.join(", "))
        };
        let mut sentences = Vec::new();
        if let Some(text) = self.description {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_ended = text.ends_with(['.', '!', '?']);
            sentences.push(format!("{text}{}", if is_ended { "" } else { "." }));
        }
        match (of(true), of(false)) {
            (None, None) => sentences.push("No other fields.".to_owned()),
            (required, optional) => {
                sentences.extend(required.map(|names| format!("Requires {names}.")));
                sentences.extend(optional.map(|names| format!("May have {names}.")));
            }
        }
        Some(format!("- `{name}`: {}", sentences.join(" ")))
    }
}
