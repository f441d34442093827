//! One field of a form: converts the JSON Schema of a Rust type into the subset that the protocol
//! allows in forms.

use serde_json::{Map, Value, json};

/// A field of a form.
pub(crate) struct FormField {
    pub(crate) schema: Value,
    /// `true` if the user may leave the field empty.
    pub(crate) is_optional: bool,
}

impl FormField {
    /// Converts `schema`, or returns the problem as a predicate, such as "is an object".
    pub(crate) fn from_schema(mut schema: Value) -> Result<Self, String> {
        let is_optional = remove_null(&mut schema);
        let Value::Object(schema) = schema else {
            return Err("has no type".into());
        };
        let mut field = Map::new();
        for key in ["title", "description"] {
            if let Some(value) = schema.get(key) {
                field.insert(key.into(), value.clone());
            }
        }
        if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
            field.insert("default".into(), default.clone());
        }
        let mut copy = |keys: &[&str]| {
            for key in keys {
                if let Some(value) = schema.get(*key) {
                    field.insert((*key).into(), value.clone());
                }
            }
        };
        let kind = schema.get("type").and_then(Value::as_str);
        if let Some(choices) = choices(&schema) {
            choices.write(&mut field, "oneOf");
            if let Some(names) = schema.get("enumNames") {
                field.insert("enumNames".into(), names.clone());
            }
            return Ok(Self {
                schema: field.into(),
                is_optional,
            });
        }
        match kind {
            Some("string") => {
                copy(&["minLength", "maxLength"]);
                // The protocol allows only these formats in forms.
                let format = schema.get("format").and_then(Value::as_str);
                if let Some(format @ ("email" | "uri" | "date" | "date-time")) = format {
                    field.insert("format".into(), format.into());
                }
            }
            Some("integer" | "number") => copy(&["minimum", "maximum"]),
            Some("boolean") => {}
            Some("array") => {
                copy(&["minItems", "maxItems"]);
                let items = schema.get("items").and_then(Value::as_object);
                let Some(choices) = items.and_then(choices) else {
                    return Err("is a list of other values than choices".into());
                };
                let mut items = Map::new();
                choices.write(&mut items, "anyOf");
                field.insert("items".into(), items.into());
            }
            Some("object") => return Err("is an object; forms are flat".into()),
            _ => return Err("is not a string, number, boolean, choice or list of choices".into()),
        }
        field.insert("type".into(), kind.into());
        Ok(Self {
            schema: field.into(),
            is_optional,
        })
    }
}

/// Removes `null` from the types of a field. Returns `true` if it was among them, which means that
/// the field is optional.
fn remove_null(schema: &mut Value) -> bool {
    let is_null = |schema: &Value| schema.is_null() || schema == "null" || schema["type"] == "null";
    let mut optional = false;
    for key in ["type", "enum"] {
        if let Some(kinds) = schema.get_mut(key).and_then(Value::as_array_mut) {
            let before = kinds.len();
            kinds.retain(|kind| !is_null(kind));
            optional |= kinds.len() < before;
            if key == "type"
                && let [kind] = &kinds[..]
            {
                schema[key] = kind.clone();
            }
        }
    }
    let Some(branches) = schema.get_mut("anyOf").and_then(Value::as_array_mut) else {
        return optional;
    };
    branches.retain(|branch| !is_null(branch));
    if let [Value::Object(only)] = &mut branches[..] {
        let only = std::mem::take(only);
        if let Some(schema) = schema.as_object_mut() {
            schema.remove("anyOf");
            for (key, value) in only {
                schema.entry(key).or_insert(value);
            }
        }
        return true;
    }
    optional
}

/// The possible values of a choice among strings.
enum Choices {
    Plain(Vec<Value>),
    /// Values with a text to display.
    Titled(Vec<Value>),
}

impl Choices {
    /// Adds the choices to the schema of a field or of the items of a list. `titled` is the keyword for
    /// choices with titles: the protocol requires `oneOf` in a field and `anyOf` in the items of a list.
    fn write(self, field: &mut Map<String, Value>, titled: &str) {
        match self {
            Self::Plain(values) => {
                field.insert("type".into(), "string".into());
                field.insert("enum".into(), values.into());
            }
            Self::Titled(values) => {
                if titled == "oneOf" {
                    field.insert("type".into(), "string".into());
                }
                field.insert(titled.into(), values.into());
            }
        }
    }
}

/// Returns the choices, if `schema` describes an enum without data.
fn choices(schema: &Map<String, Value>) -> Option<Choices> {
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return values
            .iter()
            .all(Value::is_string)
            .then(|| Choices::Plain(values.clone()));
    }
    if let Some(only) = schema.get("const").filter(|only| only.is_string()) {
        return Some(Choices::Plain(vec![only.clone()]));
    }
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?;
    let mut titled = Vec::new();
    let mut has_titles = false;
    for branch in branches.as_array()? {
        // schemars emits one branch per documented variant, and one for all variants without docs.
        if let Some(values) = branch["enum"].as_array() {
            for value in values {
                titled.push(json!({ "const": value.as_str()?, "title": value }));
            }
            continue;
        }
        let value = branch["const"].as_str()?;
        let title = branch["title"].as_str().or(branch["description"].as_str());
        has_titles |= title.is_some();
        titled.push(json!({ "const": value, "title": title.unwrap_or(value) }));
    }
    if has_titles {
        return Some(Choices::Titled(titled));
    }
    let plain = titled.into_iter().map(|mut choice| choice["const"].take());
    Some(Choices::Plain(plain.collect()))
}
