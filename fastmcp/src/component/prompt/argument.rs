//! The descriptions of a prompt's arguments, which clients send as text.

use serde_json::{Map, Value};

use crate::call::parameter_entry::ParameterEntry;
use crate::call::portable::nodes::{describe, type_of};
use crate::call::portable::schemas::{SchemaForm, Schemas};
use crate::call::schema;
use crate::mcp::PromptArgument;

/// Returns the listings of a prompt's arguments. In the portable form, the descriptions say how to
/// write each value as text, because a list of prompts contains no schemas.
pub(crate) fn list(parameters: &[&ParameterEntry], schemas: Schemas) -> Vec<PromptArgument> {
    let input = schema::input_schema(parameters, SchemaForm::default()).schema;
    let properties = input.get("properties").and_then(Value::as_object);
    let required = input.get("required").and_then(Value::as_array);
    let arguments = parameters
        .iter()
        .filter(|parameter| parameter.is_argument());
    arguments
        .map(|parameter| {
            let name = parameter.name;
            let is_required = required.is_some_and(|it| it.iter().any(|it| it == name));
            let mut argument = PromptArgument::new(name).with_required(is_required);
            let property = properties.and_then(|it| it.get(name)?.as_object());
            argument.description = match (schemas, property) {
                (Schemas::Portable, Some(property)) => description(parameter, property),
                _ => parameter.description.map(Into::into),
            };
            argument
        })
        .collect()
}

/// Returns the description of an argument: its own, then the form of its text, then its limits.
fn description(parameter: &ParameterEntry, property: &Map<String, Value>) -> Option<String> {
    let whole = property.get("description").and_then(Value::as_str);
    let own = parameter.description.unwrap_or_default();
    let rest = whole.map(|whole| whole.strip_prefix(own).unwrap_or(whole));
    let mut described = Map::from_iter([("description".to_owned(), own.into())]);
    for part in [written_form(property).as_deref(), rest] {
        if let Some(part) = part.map(str::trim).filter(|part| !part.is_empty()) {
            describe(&mut described, part);
        }
    }
    let text = described.get("description")?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Returns a sentence about the text that stands for a value; `None` for plain text.
fn written_form(schema: &Map<String, Value>) -> Option<String> {
    if let Some(choices) = choices(schema) {
        return Some(format!("One of {choices}."));
    }
    Some(match type_of(schema) {
        Some("string") => return None,
        Some("boolean") => "`true` or `false`.".to_owned(),
        Some("integer") => "A whole number.".to_owned(),
        Some("number") => "A number.".to_owned(),
        Some("array") => format!("A JSON array of {}.", items(schema)),
        Some("object") => match fields(schema) {
            Some(fields) => format!("A JSON object with the fields {fields}."),
            None => "A JSON object.".to_owned(),
        },
        _ => "JSON.".to_owned(),
    })
}

/// Returns the choices of an enum, such as ``` `small`, `large` ```.
fn choices(schema: &Map<String, Value>) -> Option<String> {
    let values = schema.get("enum")?.as_array()?;
    let names: Option<Vec<String>> = values
        .iter()
        .map(|value| Some(format!("`{}`", value.as_str()?)))
        .collect();
    Some(names?.join(", "))
}

/// Returns the plural of the items of a list.
fn items(schema: &Map<String, Value>) -> String {
    let Some(items) = schema.get("items").and_then(Value::as_object) else {
        return "values".to_owned();
    };
    if let Some(choices) = choices(items) {
        return format!("strings, each one of {choices}");
    }
    let plural = match type_of(items) {
        Some("string") => "strings",
        Some("integer") => "whole numbers",
        Some("number") => "numbers",
        Some("boolean") => "`true` and `false`",
        Some("array") => "arrays",
        Some("object") => match fields(items) {
            Some(fields) => return format!("objects with the fields {fields}"),
            None => "objects",
        },
        _ => "values",
    };
    plural.to_owned()
}

/// Returns the fields of a struct, such as ``` `name` (string), `age` (integer, optional) ```.
fn fields(schema: &Map<String, Value>) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required").and_then(Value::as_array);
    let fields = properties.iter().map(|(name, field)| {
        let kind = field.as_object().and_then(type_of).unwrap_or("any JSON");
        let is_required = required.is_some_and(|it| it.iter().any(|it| it == name));
        let optional = if is_required { "" } else { ", optional" };
        format!("`{name}` ({kind}{optional})")
    });
    let fields: Vec<String> = fields.collect();
    (!fields.is_empty()).then(|| fields.join(", "))
}
