//! [`Form`]: the form that asks for a value of a Rust type. The protocol restricts a form to an object
//! with flat fields (elicitation, "Requested schema").
//!
//! | schema of the type | form |
//! |---|---|
//! | an object of strings, numbers, booleans and choices | the same fields |
//! | a single string, number, boolean or choice | one field, `value` |
//! | `null`, for `()` | no fields; the user accepts or declines |
//! | nested types | an error that names the field |

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::context::form_field::FormField;
use crate::context::input::InputError;
use crate::variant_order;

/// The name of the field in a form for a type that is not a struct.
const VALUE_FIELD: &str = "value";

/// A form, and the decoder for answers to it.
pub(crate) struct Form {
    pub(crate) schema: Value,
    content: Content,
}

/// The part of an answer that contains the requested value.
#[derive(Clone, Copy)]
enum Content {
    /// All fields together.
    Object,
    /// The field [`VALUE_FIELD`].
    SingleValue,
    /// Nothing: the value is `()`.
    Empty,
}

impl Form {
    /// Returns the form for a `T`.
    pub(crate) fn of<T: JsonSchema + DeserializeOwned>() -> Result<Self, InputError> {
        let mut settings = SchemaSettings::draft2020_12();
        settings.inline_subschemas = true;
        settings.meta_schema = None;
        // Not a root schema, whose title is the name of the type: users would see it.
        let schema = settings.into_generator().subschema_for::<T>();
        let mut form =
            Self::from_schema(schema.to_value()).map_err(|problem| InputError::Form {
                type_name: std::any::type_name::<T>(),
                problem,
            })?;
        let place = match form.content {
            Content::SingleValue => &mut form.schema["properties"][VALUE_FIELD],
            Content::Object | Content::Empty => &mut form.schema,
        };
        if let Value::Object(schema) = place {
            variant_order::restore::<T>(schema);
        }
        Ok(form)
    }

    /// Returns the schema of a form with a single field, or the problem as a predicate, such as
    /// "is an object".
    pub(crate) fn of_field(name: &str, schema: Value) -> Result<Value, String> {
        let field = FormField::from_schema(schema)?;
        let mut form = json!({ "type": "object", "properties": { name: field.schema } });
        if !field.is_optional {
            form["required"] = json!([name]);
        }
        Ok(form)
    }

    fn from_schema(schema: Value) -> Result<Self, String> {
        if schema["type"] == "null" {
            return Ok(Self {
                schema: json!({ "type": "object", "properties": {} }),
                content: Content::Empty,
            });
        }
        if schema["type"] != "object" {
            return Ok(Self {
                schema: Self::of_field(VALUE_FIELD, schema)?,
                content: Content::SingleValue,
            });
        }
        let Some(fields) = schema["properties"].as_object() else {
            return Err("has no named fields".into());
        };
        let mut properties = Map::new();
        let mut required = Vec::new();
        let listed = schema["required"].as_array();
        for (name, schema) in fields {
            let field = FormField::from_schema(schema.clone())
                .map_err(|problem| format!("has a field `{name}` that {problem}"))?;
            properties.insert(name.clone(), field.schema);
            let is_listed = listed.is_some_and(|listed| listed.iter().any(|it| it == name));
            if is_listed && !field.is_optional {
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
            content: Content::Object,
        })
    }

    /// Decodes the content of an answer.
    pub(crate) fn decode<T: DeserializeOwned>(&self, mut content: Value) -> Result<T, InputError> {
        let value = match self.content {
            Content::Object => content,
            Content::SingleValue => content[VALUE_FIELD].take(),
            Content::Empty => Value::Null,
        };
        serde_json::from_value(value).map_err(|error| InputError::Invalid(error.to_string()))
    }
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
        /// The recipient
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
                "name": { "type": "string", "description": "The recipient", "default": "Anna" },
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
    fn choices_have_the_declared_order_and_no_form_has_the_title_of_a_type() {
        #[derive(Debug, PartialEq, Deserialize, JsonSchema)]
        enum Fruit {
            Apple,
            /// A usual one
            Pear,
            Plum,
            /// From far away
            Mango,
        }
        #[derive(Deserialize, JsonSchema)]
        #[allow(dead_code, reason = "only its schema is read")]
        struct Basket {
            fruit: Fruit,
            more: Vec<Fruit>,
        }
        let choices = json!([
            { "const": "Apple", "title": "Apple" },
            { "const": "Pear", "title": "A usual one" },
            { "const": "Plum", "title": "Plum" },
            { "const": "Mango", "title": "From far away" },
        ]);
        let form = Form::of::<Basket>().unwrap().schema;
        assert_eq!(form["properties"]["fruit"]["oneOf"], choices);
        assert_eq!(form["properties"]["more"]["items"]["anyOf"], choices);
        assert!(form.get("title").is_none(), "{form}");
        let form = Form::of::<Fruit>().unwrap().schema;
        assert_eq!(form["properties"]["value"]["oneOf"], choices);
        let form = Form::of::<Vec<Fruit>>().unwrap().schema;
        assert_eq!(form["properties"]["value"]["items"]["anyOf"], choices);
        assert!(!form.to_string().contains("Array_of"), "{form}");
    }

    #[test]
    fn a_single_value_is_one_field_and_unit_has_no_fields() {
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
    fn nested_types_are_refused_with_the_name_of_the_field() {
        #[derive(Deserialize, JsonSchema)]
        struct Deep {
            #[expect(dead_code, reason = "only its schema is read")]
            order: Order,
        }
        let error = Form::of::<Deep>().err().unwrap().to_string();
        assert!(
            error.contains("it has a field `order` that is an object; forms are flat"),
            "{error}"
        );
        let error = Form::of::<Vec<String>>().err().unwrap().to_string();
        assert!(
            error.contains("it is a list of other values than choices"),
            "{error}"
        );
    }
}
