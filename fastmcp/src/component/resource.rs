//! A resource or a resource template as it is registered, and what its body may return.

use serde_json::Value;

use super::Entry;
use super::uri::Part;
use crate::mcp::{Resource, ResourceContents, ResourceTemplate};

/// What `#[resource]` registers.
#[doc(hidden)]
pub struct ResourceEntry {
    /// What it shares with every handler.
    pub entry: Entry<ResourceResult>,
    /// Its URI, which has variables in braces if it is a template.
    pub uri: &'static str,
    /// The URI, taken apart by the macro.
    pub parts: &'static [Part],
    /// Its MIME type, if the attribute names one.
    pub mime_type: Option<&'static str>,
}

inventory::collect!(ResourceEntry);

impl ResourceEntry {
    /// What `resources/list` says of a resource without variables.
    pub(crate) fn listing(&self) -> Resource {
        let mut resource = Resource::new(self.uri, self.entry.name);
        resource.title = self.entry.title.map(Into::into);
        resource.description = self.entry.description.map(Into::into);
        resource.mime_type = self.mime_type.map(Into::into);
        resource
    }

    /// What `resources/templates/list` says of a template.
    pub(crate) fn template_listing(&self) -> ResourceTemplate {
        let mut template = ResourceTemplate::new(self.uri, self.entry.name);
        template.title = self.entry.title.map(Into::into);
        template.description = self.entry.description.map(Into::into);
        template.mime_type = self.mime_type.map(Into::into);
        template
    }

    /// Whether the URI has variables.
    pub(crate) fn is_template(&self) -> bool {
        self.parts
            .iter()
            .any(|part| !matches!(part, Part::Literal(_)))
    }
}

/// What reading a resource gives.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ResourceResult {
    /// Text, of MIME type `text/plain` unless the attribute names another.
    Text(String),
    /// Bytes, of MIME type `application/octet-stream` unless the attribute names another.
    Binary(Vec<u8>),
    /// JSON, of MIME type `application/json` unless the attribute names another.
    Json(Value),
    /// Contents that say everything themselves.
    Contents(Vec<ResourceContents>),
}

impl ResourceResult {
    /// The contents on the wire of the resource at `uri`.
    pub(crate) fn into_contents(self, uri: &str, mime_type: Option<&str>) -> Vec<ResourceContents> {
        let mime = |default: &str| mime_type.unwrap_or(default).to_owned();
        match self {
            Self::Text(text) => {
                vec![ResourceContents::text(text, uri).with_mime_type(mime("text/plain"))]
            }
            Self::Json(value) => {
                let contents = ResourceContents::text(value.to_string(), uri);
                vec![contents.with_mime_type(mime("application/json"))]
            }
            Self::Binary(bytes) => {
                let contents = ResourceContents::blob(crate::text::base64(&bytes), uri);
                vec![contents.with_mime_type(mime("application/octet-stream"))]
            }
            Self::Contents(contents) => contents,
        }
    }
}

/// A type that a resource's body may return.
#[diagnostic::on_unimplemented(
    message = "a resource cannot return `{Self}`",
    label = "does not become the contents of a resource",
    note = "return a `String`, a `Vec<u8>`, a `serde_json::Value`, or implement `fastmcp::IntoResourceResult` for it"
)]
pub trait IntoResourceResult {
    /// The contents that a client gets.
    fn into_resource_result(self) -> ResourceResult;
}

impl IntoResourceResult for ResourceResult {
    fn into_resource_result(self) -> ResourceResult {
        self
    }
}

impl IntoResourceResult for String {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Text(self)
    }
}

impl IntoResourceResult for &'static str {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Text(self.to_owned())
    }
}

impl IntoResourceResult for Vec<u8> {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Binary(self)
    }
}

impl IntoResourceResult for Value {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Json(self)
    }
}

impl IntoResourceResult for Vec<ResourceContents> {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Contents(self)
    }
}
