//! [`Body`]: the body of a request.

use serde_json::Value;

use crate::openapi::document::{Document, Located};
use crate::openapi::error::{Fault, SkipReason};
use crate::openapi::media_type::essence;
use crate::openapi::parameter::{self, Form, Place};

/// The encoding of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    UrlEncoded,
    Multipart,
    Text,
    /// Bytes, which the argument has as base64.
    Bytes,
}

/// The body of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(crate) media_type: String,
    pub(crate) encoding: Encoding,
    pub(crate) is_required: bool,
    pub(crate) description: Option<String>,
    /// The place of the schema; `None` for any value.
    pub(crate) schema: Option<String>,
    /// The fields of a form that have an encoding of their own.
    pub(crate) fields: Vec<FieldEncoding>,
}

/// The encoding of one field of a form.
#[derive(Debug, Clone)]
pub(crate) struct FieldEncoding {
    pub(crate) name: String,
    /// The style, if the document states one.
    pub(crate) form: Option<Form>,
    pub(crate) content_type: Option<String>,
}

/// Returns the encoding of a media type, and its rank: the lowest is chosen.
fn encoding(media_type: &str) -> Option<(u8, Encoding)> {
    Some(match essence(media_type).as_str() {
        "application/json" | "text/json" => (0, Encoding::Json),
        // A patch that is an object is easier to write for models than a list of operations.
        "application/merge-patch+json" => (1, Encoding::Json),
        other if other.ends_with("+json") => (2, Encoding::Json),
        "application/x-www-form-urlencoded" => (3, Encoding::UrlEncoded),
        "multipart/form-data" => (4, Encoding::Multipart),
        "*/*" | "application/*" => (5, Encoding::Json),
        "text/plain" | "text/markdown" | "text/csv" | "text/html" | "text/*" => (6, Encoding::Text),
        "application/octet-stream" => (7, Encoding::Bytes),
        _ => return None,
    })
}

/// A body that was read.
pub(crate) enum Read {
    Body(Body),
    None,
    /// No tool can send it.
    Unsupported {
        is_required: bool,
        reason: SkipReason,
    },
}

/// Reads the body of an operation.
pub(crate) fn read(document: &Document, operation: &Located<'_>) -> Result<Read, Fault> {
    let Some(at) = operation.get("requestBody") else {
        return Ok(Read::None);
    };
    let at = document.resolve(at)?;
    let is_required = at.flag("required").unwrap_or_default();
    let content = at.get("content");
    let media_types: Vec<(&str, Located<'_>)> = content.iter().flat_map(Located::members).collect();
    if media_types.is_empty() {
        return Ok(Read::None);
    }
    let ranked = media_types
        .iter()
        .enumerate()
        .filter_map(|(index, (name, at))| {
            let (rank, encoding) = encoding(name)?;
            Some(((rank, index), encoding, name, at))
        });
    let Some((_, encoding, media_type, media)) = ranked.min_by_key(|(rank, ..)| *rank) else {
        let names = media_types.iter().map(|(name, _)| (*name).to_owned());
        return Ok(Read::Unsupported {
            is_required,
            reason: SkipReason::Body(names.collect()),
        });
    };
    let media = document.resolve(media.clone())?;
    let media_type = match essence(media_type).as_str() {
        "*/*" | "application/*" => "application/json".to_owned(),
        "text/*" => "text/plain".to_owned(),
        _ => (*media_type).to_owned(),
    };
    let mut fields = Vec::new();
    for (name, at) in media.get("encoding").iter().flat_map(Located::members) {
        let has_style = ["style", "explode", "allowReserved"]
            .iter()
            .any(|key| at.value.get(*key).is_some());
        fields.push(FieldEncoding {
            name: name.to_owned(),
            form: if has_style {
                Some(parameter::form(&at, Place::Query)?)
            } else {
                None
            },
            content_type: at.text("contentType").map(str::to_owned),
        });
    }
    Ok(Read::Body(Body {
        media_type,
        encoding,
        is_required,
        description: at.text("description").map(str::to_owned),
        schema: media.get("schema").map(|it| it.pointer),
        fields,
    }))
}

/// Returns whether a property of a multipart form is a file.
pub(crate) fn is_file(schema: &Value) -> bool {
    let is_binary = |schema: &Value| {
        let format = schema.get("format").and_then(Value::as_str);
        let has = |key: &str| schema.get(key).is_some();
        format == Some("binary") || (has("contentMediaType") && !has("contentEncoding"))
    };
    is_binary(schema) || schema.get("items").is_some_and(is_binary)
}
