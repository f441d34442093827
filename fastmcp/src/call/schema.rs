//! Builds the JSON Schema of a handler's input from the schemas of its arguments.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::context::form::Form;

/// Returns a generator of JSON Schema 2020-12. It inlines definitions, because many clients cannot
/// follow a `$ref`. Recursive types cannot be inlined and stay references into `$defs`.
pub(crate) fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        })
        .into_generator()
}

/// Returns the schema of an object with exactly one property for each argument.
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
        // `true` accepts anything, but cannot have a description.
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
            if let Some(constraints) = parameter.constraints {
                constraints.describe(property);
            }
        }
        properties.insert(parameter.name.into(), property);
        // The server elicits a missing value from the user, so the client may omit it.
        if is_required() && parameter.ask.is_none() {
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
    finish(&mut schema, generator);
    schema
}

/// Returns the form that elicits the argument `name` from the user, or the reason why a form cannot
/// represent it.
pub(crate) fn form(parameters: &[ParameterEntry], name: &str) -> Result<Value, String> {
    let mut schema = input_schema(parameters);
    let property = schema["properties"][name].take();
    Form::of_field(name, property)
}

/// Adds the definitions that could not be inlined, and replaces the formats of Rust's numbers with limits.
pub(crate) fn finish(schema: &mut Map<String, Value>, mut generator: SchemaGenerator) {
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".into(), definitions.into());
    }
    replace_formats(schema);
}

/// The formats that schemars uses for Rust's numbers, with the equivalent `minimum` and `maximum`.
/// Types of 64 bits and more get no limits: most clients read numbers as floats, which cannot
/// represent these limits.
const FORMATS: [(&str, Option<(i64, i64)>); 14] = [
    ("int8", Some((i8::MIN as i64, i8::MAX as i64))),
    ("int16", Some((i16::MIN as i64, i16::MAX as i64))),
    ("int32", Some((i32::MIN as i64, i32::MAX as i64))),
    ("uint8", Some((0, u8::MAX as i64))),
    ("uint16", Some((0, u16::MAX as i64))),
    ("uint32", Some((0, u32::MAX as i64))),
    ("int64", None),
    ("int128", None),
    ("int", None),
    ("uint64", None),
    ("uint128", None),
    ("uint", None),
    ("float", None),
    ("double", None),
];

/// Replaces the formats of Rust's numbers everywhere in a schema. JSON Schema does not define them, and
/// strict validators reject unknown formats.
fn replace_formats(schema: &mut Map<String, Value>) {
    let format = schema.get("format").and_then(Value::as_str);
    if let Some((_, range)) = FORMATS.iter().find(|(name, _)| Some(*name) == format) {
        schema.remove("format");
        if let Some((least, most)) = range {
            schema.entry("minimum").or_insert((*least).into());
            schema.entry("maximum").or_insert((*most).into());
        }
    }
    for (key, value) in schema.iter_mut() {
        match (&**key, value) {
            // The values of these keywords are data, not schemas.
            ("default" | "const" | "enum" | "examples", _) => {}
            // The keys inside these keywords are names, not keywords.
            ("properties" | "patternProperties" | "$defs", Value::Object(schemas)) => {
                for schema in schemas.values_mut().filter_map(Value::as_object_mut) {
                    replace_formats(schema);
                }
            }
            (_, Value::Object(schema)) => replace_formats(schema),
            (_, Value::Array(schemas)) => {
                for schema in schemas.iter_mut().filter_map(Value::as_object_mut) {
                    replace_formats(schema);
                }
            }
            _ => {}
        }
    }
}

/// Returns whether every value that matches a schema is an object.
pub(crate) fn is_object(schema: &Map<String, Value>, definitions: &Map<String, Value>) -> bool {
    // `depth` guards against a hand-written schema with a definition that refers to itself.
    fn check(schema: &Value, definitions: &Map<String, Value>, depth: u8) -> bool {
        let Some(schema) = schema.as_object().filter(|_| depth > 0) else {
            return false;
        };
        if let Some(kind) = schema.get("type") {
            return kind == "object";
        }
        if let Some(definition) = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| definitions.get(reference.strip_prefix("#/$defs/")?))
        {
            return check(definition, definitions, depth - 1);
        }
        ["oneOf", "anyOf"].iter().any(|key| {
            let choices = schema.get(*key).and_then(Value::as_array);
            choices.is_some_and(|choices| {
                !choices.is_empty()
                    && choices
                        .iter()
                        .all(|choice| check(choice, definitions, depth - 1))
            })
        })
    }
    check(&Value::Object(schema.clone()), definitions, 8)
}
