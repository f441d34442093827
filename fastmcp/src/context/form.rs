//! From a Rust type to the form that a client shows for it: an object of flat fields, as the
//! protocol restricts it (elicitation, "Requested schema").
//!
//! | the type's schema | the form |
//! |---|---|
//! | an object of texts, numbers, booleans, choices | its fields |
//! | one of these by itself | one field, `value` |
//! | nothing (`()`) | no fields: the user says yes or no |
//! | anything deeper | refused, with the field's name |

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::context::input::InputError;

/// The field of a form that asks for one value.
const ONLY_FIELD: &str = "value";

/// A form, and how an answer to it becomes a value.
pub(crate) struct Form {
    pub(crate) schema: Value,
    shape: Shape,
}

#[derive(Clone, Copy)]
enum Shape {
    Object,
    Value,
    Nothing,
}

impl Form {
    /// The form for a `T`.
    pub(crate) fn of<T: JsonSchema>() -> Result<Self, InputError> {
        let mut settings = SchemaSettings::draft2020_12();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        let schema = settings.into_generator().into_root_schema_for::<T>();
        Self::new(schema.into()).map_err(|problem| InputError::Form {
            type_name: std::any::type_name::<T>(),
            problem,
        })
    }

    /// The form for one field of this name and schema.
    pub(crate) fn of_field(name: &str, schema: Value) -> Result<Value, String> {
        let (field, optional) = field(schema)?;
        let mut form = json!({ "type": "object", "properties": { name: field } });
        if !optional {
            form["required"] = json!([name]);
        }
        Ok(form)
    }

    fn new(schema: Value) -> Result<Self, String> {
        if schema["type"] == "null" {
            return Ok(Self {
                schema: json!({ "type": "object", "properties": {} }),
                shape: Shape::Nothing,
            });
        }
        if schema["type"] != "object" {
            let (field, optional) = field(schema)?;
            let mut form = json!({ "type": "object", "properties": { ONLY_FIELD: field } });
            if !optional {
                form["required"] = json!([ONLY_FIELD]);
            }
            return Ok(Self {
                schema: form,
                shape: Shape::Value,
            });
        }
        let Some(fields) = schema["properties"].as_object() else {
            return Err("it has no fields of its own".into());
        };
        let mut properties = Map::new();
        let mut required = Vec::new();
        let listed = schema["required"].as_array();
        for (name, schema) in fields {
            let (field, optional) =
                field(schema.clone()).map_err(|problem| format!("field `{name}` {problem}"))?;
            properties.insert(name.clone(), field);
            if !optional && listed.is_some_and(|listed| listed.iter().any(|it| it == name)) {
                required.push(name.clone());
            }
        }
        let mut form = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            form["required"] = json!(required);
        }
        for key in ["title", "description"] {
            if let Some(text) = schema.get(key) {
                form[key] = text.clone();
            }
        }
        Ok(Self {
            schema: form,
            shape: Shape::Object,
        })
    }

    /// The value in the content of an answer.
    pub(crate) fn decode<T: DeserializeOwned>(&self, mut content: Value) -> Result<T, InputError> {
        let value = match self.shape {
            Shape::Object => content,
            Shape::Value => content[ONLY_FIELD].take(),
            Shape::Nothing => Value::Null,
        };
        serde_json::from_value(value).map_err(|error| InputError::Invalid(error.to_string()))
    }
}

/// One field, and whether it may be left empty.
fn field(mut schema: Value) -> Result<(Value, bool), String> {
    let optional = take_null(&mut schema);
    let Value::Object(schema) = schema else {
        return Err("could be anything".into());
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
        return Ok((field.into(), optional));
    }
    match kind {
        Some("string") => {
            copy(&["minLength", "maxLength"]);
            // Other formats than these mean nothing to a form.
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
                return Err("is a list of other things than choices".into());
            };
            let mut items = Map::new();
            choices.write(&mut items, "anyOf");
            field.insert("items".into(), items.into());
        }
        Some("object") => return Err("is an object, and a form is flat".into()),
        _ => return Err("is more than one text, number, boolean or choice".into()),
    }
    field.insert("type".into(), kind.into());
    Ok((field.into(), optional))
}

/// Takes `null` out of what a field may be; whether it was there.
fn take_null(schema: &mut Value) -> bool {
    let is_null = |it: &Value| it.is_null() || it == "null" || it["type"] == "null";
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

/// A choice among texts.
enum Choices {
    Plain(Vec<Value>),
    /// Each with a text to show.
    Titled(Vec<Value>),
}

impl Choices {
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
    let mut has_title = false;
    for branch in branches.as_array()? {
        // A variant with a comment is a branch of its own; those without share one.
        if let Some(values) = branch["enum"].as_array() {
            for value in values {
                titled.push(json!({ "const": value.as_str()?, "title": value }));
            }
            continue;
        }
        let value = branch["const"].as_str()?;
        let title = branch["title"].as_str().or(branch["description"].as_str());
        has_title |= title.is_some();
        titled.push(json!({ "const": value, "title": title.unwrap_or(value) }));
    }
    if has_title {
        return Some(Choices::Titled(titled));
    }
    let plain = titled.into_iter().map(|mut it| it["const"].take());
    Some(Choices::Plain(plain.collect()))
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Size {
        /// Fits a hand
        Small,
        /// Fits a bag
        Large,
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    enum Plain {
        One,
        Two,
    }

    fn anna() -> String {
        "Anna".into()
    }

    #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
    struct Order {
        /// Who it is for
        #[serde(default = "anna")]
        name: String,
        count: u8,
        size: Size,
        plain: Option<Plain>,
        sizes: Vec<Size>,
        note: Option<String>,
        #[schemars(extend("format" = "email"))]
        mail: String,
    }

    #[test]
    fn a_struct_becomes_a_flat_form() {
        let form = Form::of::<Order>().unwrap();
        let titled = json!([
            { "const": "small", "title": "Fits a hand" },
            { "const": "large", "title": "Fits a bag" },
        ]);
        assert_eq!(
            form.schema["properties"],
            json!({
                "name": { "type": "string", "description": "Who it is for", "default": "Anna" },
                "count": { "type": "integer", "minimum": 0, "maximum": 255 },
                "size": { "type": "string", "oneOf": titled },
                "plain": { "type": "string", "enum": ["one", "two"] },
                "sizes": { "type": "array", "items": { "anyOf": titled } },
                "note": { "type": "string" },
                "mail": { "type": "string", "format": "email" },
            })
        );
        assert_eq!(
            form.schema["required"],
            json!(["count", "size", "sizes", "mail"])
        );
    }

    #[test]
    fn one_value_is_one_field_and_nothing_is_none() {
        let form = Form::of::<u8>().unwrap();
        assert_eq!(form.schema["required"], json!(["value"]));
        assert_eq!(form.decode::<u8>(json!({ "value": 7 })), Ok(7));
        assert!(form.decode::<u8>(json!({ "value": "x" })).is_err());
        let form = Form::of::<Plain>().unwrap();
        assert_eq!(form.decode(json!({ "value": "two" })), Ok(Plain::Two));
        let form = Form::of::<()>().unwrap();
        assert_eq!(form.decode::<()>(json!({})), Ok(()));
        let form = Form::of::<Option<bool>>().unwrap();
        assert_eq!(form.decode::<Option<bool>>(json!({})), Ok(None));
    }

    #[test]
    fn what_is_not_flat_is_refused_by_its_field() {
        #[derive(JsonSchema)]
        struct Deep {
            #[expect(dead_code, reason = "only its schema is read")]
            order: Order,
        }
        let error = Form::of::<Deep>().err().unwrap().to_string();
        assert!(
            error.contains("field `order` is an object, and a form is flat"),
            "{error}"
        );
        let error = Form::of::<Vec<String>>().err().unwrap().to_string();
        assert!(error.contains("list of other things"), "{error}");
    }
}
