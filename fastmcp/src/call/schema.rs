//! Builds the JSON Schema of a handler's input from the schemas of its arguments.

use schemars::SchemaGenerator;
use serde_json::{Map, Value, json};

use crate::call::field_limits::take_unlisted;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::portable::defect;
use crate::call::portable::lint::SchemaLint;
use crate::call::portable::nodes::for_each_child;
use crate::call::portable::numbers::{replace_format, wide_as_text};
use crate::call::portable::rewrite;
use crate::call::portable::schemas::{SchemaForm, Schemas, WideIntegers};
use crate::call::schema_generator::{generator, output_generator};
use crate::context::form::Form;

/// A schema as a list contains it.
pub(crate) struct Listed {
    pub(crate) schema: Map<String, Value>,
    /// The parts that a host may refuse or misread.
    pub(crate) lints: Vec<SchemaLint>,
    /// The problem that prevents the start.
    pub(crate) defect: Option<String>,
}

/// Returns the schema of an object with exactly one property for each argument.
pub(crate) fn input_schema(parameters: &[&ParameterEntry], form: SchemaForm) -> Listed {
    let mut schema = raw(parameters);
    let defect = of_parameters(parameters, &schema);
    if form.wide_integers == WideIntegers::Text {
        wide_as_text(&mut schema);
    }
    match form.schemas {
        Schemas::Exact => {
            schema.insert("additionalProperties".into(), false.into());
            replace_formats(&mut schema);
            Listed {
                schema,
                lints: Vec::new(),
                defect,
            }
        }
        Schemas::Portable => {
            let mut listed = portable(schema, false);
            restore_order(parameters, &mut listed.schema);
            listed.defect = defect.or(listed.defect);
            listed
        }
    }
}

/// Rewrites the schema of arguments into the form that hosts accept. `is_declared` states that an attribute
/// sets it.
pub(crate) fn portable(mut schema: Map<String, Value>, is_declared: bool) -> Listed {
    let lints = rewrite::input(&mut schema);
    // Hosts refuse an object without this key.
    schema.entry("properties").or_insert_with(|| json!({}));
    // A reference at the root brings the keywords of a definition there.
    let defect = defect::of_root(&schema).or_else(|| defect::of_names(&schema, is_declared));
    Listed {
        schema,
        lints,
        defect,
    }
}

/// Returns the schema of one argument as prompts describe it.
pub(crate) fn argument(parameter: &ParameterEntry) -> Map<String, Value> {
    let mut schema = input_schema(&[parameter], SchemaForm::default()).schema;
    match schema["properties"][parameter.name].take() {
        Value::Object(argument) => argument,
        _ => Map::new(),
    }
}

/// Returns the first problem with the type of an argument.
fn of_parameters(parameters: &[&ParameterEntry], schema: &Map<String, Value>) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let mut problems = properties.iter().filter_map(|(name, property)| {
        let parameter = parameters.iter().find(|it| it.name == name)?;
        let problem = defect::of_type(property.as_object()?, Some((parameter.type_name)()))?;
        Some(format!("parameter `{name}`: {problem}"))
    });
    problems
        .next()
        .or_else(|| {
            let definitions = schema.get("$defs")?.clone();
            defect::of_type(&Map::from_iter([("$defs".to_owned(), definitions)]), None)
        })
        .or_else(|| parameters.iter().copied().find_map(repeated_field))
}

/// Returns the problem of a type in which two fields have the same name. If they are optional, only the
/// schema of what the type writes lists both.
fn repeated_field(parameter: &ParameterEntry) -> Option<String> {
    let ParameterKind::Argument { schema, .. } = parameter.kind else {
        return None;
    };
    let mut generator = output_generator();
    let Value::Object(mut schema) = schema(&mut generator).to_value() else {
        return None;
    };
    add_definitions(&mut schema, generator);
    let problem = defect::of_fields(&schema, Some((parameter.type_name)()))?;
    Some(format!("parameter `{}`: {problem}", parameter.name))
}

/// Restores the order in which the types of the arguments declare their variants.
fn restore_order(parameters: &[&ParameterEntry], schema: &mut Map<String, Value>) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else {
        return;
    };
    for parameter in parameters {
        if let ParameterKind::Argument { restore_order, .. } = parameter.kind
            && let Some(Value::Object(property)) = properties.get_mut(parameter.name)
        {
            restore_order(property);
        }
    }
}

/// Returns the schema of the arguments as schemars generates it, with the content of `#[arg(…)]`.
fn raw(parameters: &[&ParameterEntry]) -> Map<String, Value> {
    let mut generator = generator();
    let mut properties = Map::new();
    let mut required = Vec::new();
    for parameter in parameters {
        let ParameterKind::Argument {
            schema,
            required: is_required,
            ..
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
    add_definitions(&mut schema, generator);
    schema
}

/// Returns the form that elicits the argument `name` from the user, or the reason why a form cannot
/// represent it.
pub(crate) fn form(parameters: &[&ParameterEntry], name: &str) -> Result<Value, String> {
    let exact = SchemaForm {
        schemas: Schemas::Exact,
        ..SchemaForm::default()
    };
    let mut schema = input_schema(parameters, exact).schema;
    let mut form = Form::of_field(name, schema["properties"][name].take())?;
    if let Value::Object(form) = &mut form {
        restore_order(parameters, form);
    }
    Ok(form)
}

/// Adds the definitions that could not be inlined.
pub(crate) fn add_definitions(schema: &mut Map<String, Value>, mut generator: SchemaGenerator) {
    let definitions = generator.take_definitions(true);
    if !definitions.is_empty() {
        schema.insert("$defs".into(), definitions.into());
    }
}

/// Replaces the formats of Rust's numbers, and removes the notes about unlisted limits, everywhere in a
/// schema.
pub(crate) fn replace_formats(schema: &mut Map<String, Value>) {
    replace_format(schema);
    take_unlisted(schema);
    for_each_child(schema, "", |child, _| {
        if let Value::Object(child) = child {
            replace_formats(child);
        }
    });
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
