//! Builds the JSON Schema of a handler's input from the schemas of its arguments.

use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::{ParameterEntry, ParameterKind};

/// JSON Schema 2020-12 with small definitions inlined: many clients cannot follow a `$ref`.
/// Recursive types, which cannot be inlined, stay references into `$defs`.
pub(crate) fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator()
}

/// The schema of an object with a property for each argument, and no others.
pub(crate) fn input_schema(parameters: &[ParameterEntry]) -> Map<String, Value> {
    let mut generator = generator();
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in parameters {
        let ParameterKind::Argument {
            schema,
            required: is_required,
        } = &parameter.kind
        else {
            continue;
        };
        let mut property = schema(&mut generator).to_value();
        // `true`, "anything", has no place for a description.
        if property == Value::Bool(true) {
            property = json!({});
        }
        if let Value::Object(property) = &mut property {
            if let Some(description) = parameter.description {
                property.insert("description".into(), description.into());
            }
            if let Some(default) = parameter.default {
                property.insert("default".into(), default());
            }
        }
        properties.insert(parameter.name.into(), property);
        if is_required() {
            required.push(parameter.name);
        }
    }

    let mut schema = Map::new();
    schema.insert("type".into(), "object".into());
    schema.insert("properties".into(), properties.into());
    if !required.is_empty() {
        schema.insert("required".into(), required.into());
    }
    schema.insert("additionalProperties".into(), false.into());
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".into(), definitions.into());
    }
    schema
}
