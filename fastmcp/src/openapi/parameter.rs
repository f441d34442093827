//! [`Parameter`]: a parameter of an operation outside of the body.

use crate::openapi::document::{Document, Located};
use crate::openapi::error::{Fault, SkipReason};
use crate::openapi::media_type::is_json;

/// The part of a request that has the parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
    Cookie,
}

impl Place {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// The way in which a value becomes text (`OpenAPI`, "Style Values").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// A media type instead of a style: the value is JSON.
    Json,
}

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) style: Style,
    pub(crate) explode: bool,
    pub(crate) allow_reserved: bool,
}

/// A parameter of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    pub(crate) place: Place,
    pub(crate) form: Form,
    pub(crate) is_required: bool,
    pub(crate) description: Option<String>,
    /// The place of the schema; `None` for any value.
    pub(crate) schema: Option<String>,
    /// The place of the parameter.
    pub(crate) pointer: String,
}

/// A parameter that was read.
pub(crate) enum Read {
    Parameter(Parameter),
    /// The specification ignores it: other parts of the document describe these headers.
    Ignored,
    /// No tool can send it.
    Unsupported {
        name: String,
        is_required: bool,
        reason: SkipReason,
    },
}

/// Reads one parameter.
pub(crate) fn read(document: &Document, at: Located<'_>) -> Result<Read, Fault> {
    let at = document.resolve(at)?;
    let fault = |problem: &str| Err(Fault::new(at.pointer.clone(), problem));
    let Some(name) = at.text("name").filter(|it| !it.is_empty()) else {
        return fault("the parameter has no `name`");
    };
    let place = match at.text("in") {
        Some("path") => Place::Path,
        Some("query") => Place::Query,
        Some("header") => Place::Header,
        Some("cookie") => Place::Cookie,
        _ => return fault("the parameter's `in` is not `path`, `query`, `header` or `cookie`"),
    };
    let is_described_elsewhere = ["accept", "authorization", "content-type"]
        .iter()
        .any(|it| name.eq_ignore_ascii_case(it));
    if place == Place::Header && is_described_elsewhere {
        return Ok(Read::Ignored);
    }
    // A path without one of its values is another path.
    let is_required = place == Place::Path || at.flag("required").unwrap_or_default();
    let mut form = form(&at, place)?;
    let mut schema = at.get("schema").map(|it| it.pointer);
    if let Some(content) = at.get("content") {
        let Some((media_type, content)) = content.members().next() else {
            return fault("the `content` of the parameter has no media type");
        };
        if !is_json(media_type) {
            return Ok(Read::Unsupported {
                name: name.to_owned(),
                is_required,
                reason: SkipReason::Parameter(media_type.to_owned()),
            });
        }
        form.style = Style::Json;
        schema = content.get("schema").map(|it| it.pointer);
    }
    if let Some(schema) = schema.as_deref().and_then(|it| document.at(it))
        && !(schema.value.is_object() || schema.value.is_boolean())
    {
        return Err(Fault::new(schema.pointer, "the schema is not an object"));
    }
    Ok(Read::Parameter(Parameter {
        name: name.to_owned(),
        place,
        form,
        is_required,
        description: at.text("description").map(str::to_owned),
        schema,
        pointer: at.pointer.clone(),
    }))
}

/// Reads `style`, `explode` and `allowReserved`, which parameters and the properties of forms have.
pub(crate) fn form(at: &Located<'_>, place: Place) -> Result<Form, Fault> {
    let default = match place {
        Place::Path | Place::Header => Style::Simple,
        Place::Query | Place::Cookie => Style::Form,
    };
    let style = match at.text("style") {
        None => default,
        Some("simple") => Style::Simple,
        Some("label") => Style::Label,
        Some("matrix") => Style::Matrix,
        Some("form") => Style::Form,
        Some("spaceDelimited") => Style::SpaceDelimited,
        Some("pipeDelimited") => Style::PipeDelimited,
        Some("deepObject") => Style::DeepObject,
        Some(other) => {
            return Err(Fault::new(
                at.pointer.clone(),
                format!("the style `{other}` is unknown"),
            ));
        }
    };
    let is_allowed = match place {
        Place::Path => matches!(style, Style::Simple | Style::Label | Style::Matrix),
        Place::Query => matches!(
            style,
            Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject
        ),
        Place::Header => style == Style::Simple,
        Place::Cookie => style == Style::Form,
    };
    if !is_allowed {
        return Err(Fault::new(
            at.pointer.clone(),
            format!(
                "a parameter in the {} cannot have the style `{}`",
                place.name(),
                at.text("style").unwrap_or_default()
            ),
        ));
    }
    Ok(Form {
        style,
        explode: at.flag("explode").unwrap_or(style == Style::Form),
        allow_reserved: at.flag("allowReserved").unwrap_or_default(),
    })
}
