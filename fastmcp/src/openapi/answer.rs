//! Converts the response of an API into the result of a tool.

use serde_json::{Map, Value};

use crate::call::portable::nodes::{join, type_of_value};
use crate::component::content;
use crate::component::output::tool_result::ToolResult;
use crate::openapi::http_client::Answer;
use crate::openapi::media_type::is_json;
use crate::openapi::operation::Operation;

/// The longest text of an error's body, in characters.
const MAX_ERROR: usize = 4_000;

/// Returns the result of a call.
pub(crate) fn result(
    operation: &Operation,
    answer: &Answer,
    output: Option<&Map<String, Value>>,
    limit: usize,
) -> ToolResult {
    let status = status(answer);
    let media_type = answer.media_type();
    let is_text = media_type
        .as_deref()
        .is_none_or(|it| it.starts_with("text/") || is_json(it))
        || media_type.as_deref().is_some_and(is_written_as_text);
    let text = is_text.then(|| String::from_utf8_lossy(&answer.body));
    if !answer.status.is_success() {
        let detail = text.as_deref().map(str::trim).unwrap_or_default();
        let mut detail: String = shortened(detail, MAX_ERROR);
        if !detail.is_empty() {
            detail.insert_str(0, ": ");
        }
        let (method, path) = (&operation.method, &operation.path);
        return ToolResult::error(format!(
            "{method} {path}: the API responded {status}{detail}"
        ));
    }
    if answer.body.is_empty() {
        let result = ToolResult::text(status);
        // Clients require structured content of every tool with a schema.
        return if output.is_some() {
            structured(result, Map::new().into())
        } else {
            result
        };
    }
    let Some(text) = text else {
        return binary(answer, media_type.unwrap_or_default(), limit);
    };
    let json = media_type.as_deref().is_some_and(is_json);
    if answer.is_cut && (json || output.is_some()) {
        return ToolResult::error(format!(
            "the API responded {status} with more than {limit} bytes, which is the limit of this server: ask for \
             less, for example with the arguments that filter or that limit the number of items"
        ));
    }
    let mut result = ToolResult::text(text.as_ref());
    if answer.is_cut {
        result
            .content
            .push(content::text(format!("(cut after {limit} bytes)")));
    }
    let parsed = if json {
        serde_json::from_str::<Value>(&text).ok()
    } else {
        None
    };
    match (parsed, output) {
        (Some(value @ Value::Object(_)), None) => result.with_structured_content(value),
        (Some(mut value @ Value::Object(_)), Some(schema)) => {
            let mut removed = Vec::new();
            fit(&mut value, schema, "", &mut removed);
            if !removed.is_empty() {
                tracing::debug!(places = ?removed, "the response does not match the OpenAPI document");
                let places = shortened(&removed.join(", "), 400);
                result.content.push(content::text(format!(
                    "(The structured content has no {places}: the API sent other types than it documents.)"
                )));
            }
            structured(result, value)
        }
        // A list, or a response that is not as documented: the text has it.
        (_, Some(_)) => structured(result, Map::new().into()),
        (_, None) => result.with_wrapped_json_text(),
    }
}

fn structured(result: ToolResult, value: Value) -> ToolResult {
    result.with_structured_content(value)
}

/// Removes the parts that do not match the listed schema, which clients would refuse, and returns their places. Listed
/// schemas require nothing and allow null, so the rest matches. An item of a list becomes null, so that the others keep
/// their places.
fn fit(value: &mut Value, schema: &Map<String, Value>, path: &str, removed: &mut Vec<String>) {
    let schema_of = |key: &str| schema.get(key).and_then(Value::as_object);
    match value {
        Value::Object(members) => {
            let Some(properties) = schema_of("properties") else {
                return;
            };
            members.retain(|name, value| {
                let Some(Value::Object(schema)) = properties.get(name) else {
                    return true;
                };
                let path = join(path, name);
                if !is_of_type(schema, value) {
                    removed.push(format!("`{path}`"));
                    return false;
                }
                fit(value, schema, &path, removed);
                true
            });
        }
        Value::Array(items) => {
            let Some(schema) = schema_of("items") else {
                return;
            };
            for (index, item) in items.iter_mut().enumerate() {
                let path = format!("{path}[{index}]");
                if is_of_type(schema, item) {
                    fit(item, schema, &path, removed);
                } else {
                    removed.push(format!("`{path}`"));
                    *item = Value::Null;
                }
            }
        }
        _ => {}
    }
}

/// Returns whether the JSON type of a value is one that a listed schema names.
fn is_of_type(schema: &Map<String, Value>, value: &Value) -> bool {
    let kind = match type_of_value(value) {
        "integer" => "number",
        kind => kind,
    };
    match schema.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().any(|it| it == kind),
        Some(Value::String(only)) => only == kind,
        _ => true,
    }
}

fn status(answer: &Answer) -> String {
    // The standard phrase: servers can send any other.
    let reason = answer.status.canonical_reason().unwrap_or_default();
    format!("{} {reason}", answer.status.as_u16())
        .trim_end()
        .to_owned()
}

fn is_written_as_text(media_type: &str) -> bool {
    media_type.ends_with("+xml")
        || matches!(
            media_type,
            "application/xml"
                | "application/yaml"
                | "application/x-yaml"
                | "application/javascript"
        )
        || media_type.contains("json")
}

fn shortened(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn binary(answer: &Answer, media_type: String, limit: usize) -> ToolResult {
    if answer.is_cut {
        return ToolResult::error(format!(
            "the API responded with more than {limit} bytes of {media_type}, which is the limit of this server"
        ));
    }
    let block = if media_type.starts_with("image/") {
        content::image(&answer.body, &media_type)
    } else if media_type.starts_with("audio/") {
        content::audio(&answer.body, &media_type)
    } else {
        content::binary_resource("response://body", &media_type, &answer.body)
    };
    ToolResult::new([block])
}
