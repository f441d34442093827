//! Writes the bodies of forms.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::openapi::body::{Body, FieldEncoding};
use crate::openapi::parameter::{Form, Style};
use crate::openapi::style;

/// A field of a form: the name, the value, and whether the value is a file as base64.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: Value,
    pub(crate) is_file: bool,
}

fn encoding_of<'b>(body: &'b Body, name: &str) -> Option<&'b FieldEncoding> {
    body.fields.iter().find(|it| it.name == name)
}

/// Writes `application/x-www-form-urlencoded`.
pub(crate) fn url_encoded(body: &Body, fields: &[Field]) -> String {
    let mut pairs = Vec::new();
    for field in fields {
        let form = encoding_of(body, &field.name).and_then(|it| it.form);
        let form = form.unwrap_or(Form {
            // Without a style, objects are JSON and the items of arrays are repeated.
            style: if field.value.is_object() {
                Style::Json
            } else {
                Style::Form
            },
            explode: true,
            allow_reserved: false,
        });
        pairs.extend(style::query(&field.name, form, &field.value));
    }
    pairs.join("&")
}

/// Writes `multipart/form-data` (RFC 7578), and returns the boundary. The error names the field.
pub(crate) fn multipart(body: &Body, fields: &[Field]) -> Result<(String, Vec<u8>), String> {
    let boundary = format!("fastmcp-{:032x}", fastrand::u128(..));
    let mut bytes = Vec::new();
    for field in fields {
        let values = match &field.value {
            Value::Null => continue,
            Value::Array(items) => items.iter().collect(),
            value => vec![value],
        };
        for value in values {
            part(body, field, value, &boundary, &mut bytes)?;
        }
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((boundary, bytes))
}

fn part(
    body: &Body,
    field: &Field,
    value: &Value,
    boundary: &str,
    bytes: &mut Vec<u8>,
) -> Result<(), String> {
    // As browsers do, so that a name cannot add a header.
    let name = field
        .name
        .replace('"', "%22")
        .replace('\r', "%0D")
        .replace('\n', "%0A");
    let stated = encoding_of(body, &field.name).and_then(|it| it.content_type.clone());
    // A list of types is what the API accepts, not what the file is.
    let stated = stated.filter(|it| !it.contains([',', '*', '\r', '\n']));
    let (content, default) = if field.is_file {
        let decoded = decode(&style::text(value))
            .map_err(|problem| format!("`{}`: {problem}", field.name))?;
        (decoded, Some("application/octet-stream"))
    } else if value.is_object() || value.is_array() {
        (value.to_string().into_bytes(), Some("application/json"))
    } else {
        (style::text(value).into_bytes(), None)
    };
    let file_name = if field.is_file {
        format!("; filename=\"{name}\"")
    } else {
        String::new()
    };
    let head =
        format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"{file_name}\r\n");
    bytes.extend_from_slice(head.as_bytes());
    if let Some(content_type) = stated.as_deref().or(default) {
        bytes.extend_from_slice(format!("Content-Type: {content_type}\r\n").as_bytes());
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&content);
    bytes.extend_from_slice(b"\r\n");
    Ok(())
}

/// Decodes base64.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, String> {
    STANDARD
        .decode(text.trim())
        .map_err(|error| format!("expected the bytes as base64, {error}"))
}
