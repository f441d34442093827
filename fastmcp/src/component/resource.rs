//! A resource or a resource template as it is registered, and what its body may return.

use serde::Serialize;
use serde_json::Value;

use crate::call::error::CallError;
use crate::call::finite;
use crate::call::refused::refused;
use crate::component::entry::Entry;
use crate::component::options::ResourceHints;
use crate::component::uri::Part;
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
    /// For whom it is, and how much it matters.
    pub hints: ResourceHints,
}

inventory::collect!(ResourceEntry);

impl ResourceEntry {
    /// What `resources/list` says of a resource without variables.
    pub(crate) fn listing(&self) -> Resource {
        let mut resource = Resource::new(self.uri, self.entry.name);
        resource.title = self.entry.title.map(Into::into);
        resource.description = self.entry.description.map(Into::into);
        resource.mime_type = self.mime_type.map(Into::into);
        resource.annotations = self.hints.listing();
        resource.icons = self.entry.icons();
        resource.meta = self.entry.meta();
        resource
    }

    /// What `resources/templates/list` says of a template.
    pub(crate) fn template_listing(&self) -> ResourceTemplate {
        let mut template = ResourceTemplate::new(self.uri, self.entry.name);
        template.title = self.entry.title.map(Into::into);
        template.description = self.entry.description.map(Into::into);
        template.mime_type = self.mime_type.map(Into::into);
        template.annotations = self.hints.listing();
        template.icons = self.entry.icons();
        template.meta = self.entry.meta();
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
    /// There is no such resource: the client is told what it is told of an unknown URI.
    NotFound,
}

impl ResourceResult {
    /// The contents on the wire of the resource at `uri`, if there is one.
    pub(crate) fn into_contents(
        self,
        uri: &str,
        mime_type: Option<&str>,
    ) -> Option<Vec<ResourceContents>> {
        let mime = |default: &str| mime_type.unwrap_or(default).to_owned();
        Some(match self {
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
            Self::NotFound => return None,
        })
    }
}

/// A type that a resource's body may return.
///
/// Data that is read as JSON needs no more than `Serialize`; these are the types that are read
/// otherwise. Of an `Option`, `None` means that there is no such resource; so does JSON that is
/// `null`.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// The name of a user, if there is one.
/// #[resource("users://{id}/name")]
/// fn name(id: u32) -> Option<String> {
///     (id == 7).then(|| "Ada".to_owned())
/// }
/// ```
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

impl IntoResourceResult for &'static [u8] {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Binary(self.to_owned())
    }
}

impl<T: IntoResourceResult> IntoResourceResult for Option<T> {
    fn into_resource_result(self) -> ResourceResult {
        self.map_or(ResourceResult::NotFound, T::into_resource_result)
    }
}

impl IntoResourceResult for ResourceContents {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Contents(vec![self])
    }
}

impl IntoResourceResult for Vec<ResourceContents> {
    fn into_resource_result(self) -> ResourceResult {
        ResourceResult::Contents(self)
    }
}

const CONVERTED: u8 = 0;
const JSON: u8 = 1;
const NOT_CONTENTS: u8 = 2;

/// Returns the row of a resource's value type:
///
/// | row | the type implements | the client reads |
/// |---|---|---|
/// | `CONVERTED` | [`IntoResourceResult`] | the converted contents: text, bytes, or all of them |
/// | `JSON` | `Serialize` | JSON; for `null`, the resource does not exist |
/// | `NOT_CONTENTS` | neither | refused at compile time |
#[doc(hidden)]
pub const fn row(into_resource_result: bool, serialize: bool) -> u8 {
    match (into_resource_result, serialize) {
        (true, _) => CONVERTED,
        (false, true) => JSON,
        (false, false) => NOT_CONTENTS,
    }
}

/// The conversion of values of one type.
#[doc(hidden)]
pub struct ResourceSink<T> {
    /// Returns what a client reads.
    pub convert: fn(T) -> Result<ResourceResult, CallError>,
}

/// Selects, by [row], how a value is converted into contents. `Name` is spelled like the resource, so that
/// rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a resource cannot return this type")]
pub trait ResourceOutput<const ROW: u8, Name>: Sized {
    /// The conversion of its values.
    const SINK: ResourceSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResourceResult, Name> ResourceOutput<CONVERTED, Name> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |value| Ok(value.into_resource_result()),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, Name> ResourceOutput<JSON, Name> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |value| {
            Ok(match finite::to_value(&value)? {
                Value::Null => ResourceResult::NotFound,
                value => ResourceResult::Json(value),
            })
        },
    };
}

refused! {
    pub trait ResultIsContents<T>: { const SINK: ResourceSink<T>; }
    impl<T, Name> ResourceOutput<NOT_CONTENTS, Name> for T where Name;
    message = "resource `{Self}` cannot return `{T}`: it is neither text nor bytes, and cannot be written as JSON",
    label = "implements neither `IntoResourceResult` nor `Serialize`",
    note = "for JSON, put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it",
    note = "or return a `String` or a `Vec<u8>`, or implement `fastmcp::IntoResourceResult` for `{T}`"
}
