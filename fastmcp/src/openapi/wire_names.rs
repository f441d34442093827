//! Gives the members of a value the names that the API knows.

use serde_json::{Map, Value};

use crate::openapi::schema::WIRE_NAME;

/// Renames the members of a value as the API names them.
pub(crate) fn to_wire(value: Value, schema: &Value, definitions: &Map<String, Value>) -> Value {
    let mut parts = Vec::new();
    collect(schema, definitions, &mut parts, 0);
    match value {
        Value::Array(items) => {
            let of_items = parts.iter().find_map(|part| part.get("items"));
            let of_items = of_items.unwrap_or(&Value::Null);
            let items = items.into_iter();
            items
                .map(|item| to_wire(item, of_items, definitions))
                .collect()
        }
        Value::Object(members) => {
            let member = |(name, value): (String, Value)| {
                let property = parts
                    .iter()
                    .find_map(|part| part.get("properties")?.get(&name));
                let other = parts
                    .iter()
                    .find_map(|part| part.get("additionalProperties"));
                let schema = property.or(other).unwrap_or(&Value::Null);
                let wire = property.and_then(|it| it.get(WIRE_NAME)?.as_str());
                let value = to_wire(value, schema, definitions);
                (wire.map_or(name, str::to_owned), value)
            };
            Value::Object(members.into_iter().map(member).collect())
        }
        other => other,
    }
}

/// Collects the parts of a schema that a value can match.
fn collect<'s>(
    schema: &'s Value,
    definitions: &'s Map<String, Value>,
    parts: &mut Vec<&'s Map<String, Value>>,
    depth: usize,
) {
    let Some(schema) = schema
        .as_object()
        .filter(|_| depth < 16 && parts.len() < 64)
    else {
        return;
    };
    parts.push(schema);
    let name = schema.get("$ref").and_then(Value::as_str);
    if let Some(target) = name.and_then(|it| definitions.get(it.strip_prefix("#/$defs/")?)) {
        collect(target, definitions, parts, depth + 1);
    }
    for key in ["allOf", "anyOf"] {
        for part in schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            collect(part, definitions, parts, depth + 1);
        }
    }
}
