//! Resources and resource templates: their registration, listing and return types.

use serde::Serialize;
use serde_json::Value;

use crate::call::error::CallError;
use crate::call::finite;
use crate::call::refused::refused;
use crate::component::access::Component;
use crate::component::entry::Entry;
use crate::component::options::ResourceHints;
use crate::component::uri::Part;
use crate::component_kind::ComponentKind;
use crate::mcp::{Resource, ResourceContents, ResourceTemplate};
use crate::selection::Descriptor;
use crate::text::base64;

/// The registration of a `#[resource]`.
#[doc(hidden)]
pub struct ResourceEntry {
    /// The part that all kinds of components share.
    pub entry: Entry<ResourceResult>,
    /// The URI, with variables in braces if it is a template.
    pub uri: &'static str,
    /// The parts of the URI, parsed by the macro.
    pub parts: &'static [Part],
    /// The MIME type, if the attribute sets one.
    pub mime_type: Option<&'static str>,
    /// The audience, the priority and the time of the last change.
    pub hints: ResourceHints,
}

inventory::collect!(ResourceEntry);

impl ResourceEntry {
    /// Returns the resource for rules about callers.
    pub(crate) fn component(&self) -> Component {
        self.entry
            .component(ComponentKind::Resource, Some(self.uri))
    }

    /// Returns the properties by which the resource can be selected.
    pub(crate) fn descriptor(&self) -> Descriptor<'static> {
        self.entry
            .descriptor(ComponentKind::Resource, Some(self.uri))
    }

    /// Returns the entry of a resource without variables in `resources/list`.
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

    /// Returns the entry of a template in `resources/templates/list`.
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

    /// Returns `true` if the URI has variables.
    pub(crate) fn is_template(&self) -> bool {
        self.parts
            .iter()
            .any(|part| !matches!(part, Part::Literal(_)))
    }
}

/// The result of reading a resource.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ResourceResult {
    /// Text. The default MIME type is `text/plain`.
    Text(String),
    /// Bytes. The default MIME type is `application/octet-stream`.
    Binary(Vec<u8>),
    /// JSON. The default MIME type is `application/json`.
    Json(Value),
    /// Contents with their own URIs and MIME types.
    Contents(Vec<ResourceContents>),
    /// The resource does not exist. The client gets the same error as for an unknown URI.
    NotFound,
}

impl ResourceResult {
    /// Returns the contents of the resource at `uri` in the protocol's form, or `None` if it does
    /// not exist.
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
                let contents = ResourceContents::blob(base64(&bytes), uri);
                vec![contents.with_mime_type(mime("application/octet-stream"))]
            }
            Self::Contents(contents) => contents,
            Self::NotFound => return None,
        })
    }
}

/// A type that a resource's body may return.
///
/// Data that clients read as JSON only has to implement `Serialize`; this trait is for all other
/// types. `None` means that the resource does not exist, and so does a value that is `null` in JSON.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// The name of a user.
/// #[resource("users://{id}/name")]
/// fn name(id: u32) -> Option<String> {
///     (id == 7).then(|| "Ada".to_owned())
/// }
/// ```
pub trait IntoResourceResult {
    /// Converts the value into the contents that a client gets.
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
#[doc(hidden)]
pub const NOT_CONTENTS: u8 = 2;
#[doc(hidden)]
pub const NOT_HTML: u8 = 3;

/// Returns the row of a resource's value type:
///
/// | row | type | contents |
/// |---|---|---|
/// | `CONVERTED` | implements [`IntoResourceResult`] | the result of that conversion: text, bytes or whole contents |
/// | `JSON` | implements `Serialize` | JSON; for `null`, the resource does not exist |
/// | `NOT_CONTENTS` | any other type | compile error |
#[doc(hidden)]
pub const fn row(into_resource_result: bool, serialize: bool) -> u8 {
    match (into_resource_result, serialize) {
        (true, _) => CONVERTED,
        (false, true) => JSON,
        (false, false) => NOT_CONTENTS,
    }
}

/// Returns the row of the value type of a UI resource, whose contents are a page and not JSON.
#[doc(hidden)]
pub const fn ui_row(into_resource_result: bool, _serialize: bool) -> u8 {
    if into_resource_result {
        CONVERTED
    } else {
        NOT_HTML
    }
}

/// The conversion of the values of a type into contents.
#[doc(hidden)]
pub struct ResourceSink<T> {
    /// Converts a value.
    pub convert: fn(T) -> Result<ResourceResult, CallError>,
}

/// Selects the conversion of a type by its [row].
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a resource cannot return this type")]
pub trait ResourceOutput<const ROW: u8>: Sized {
    /// The conversion.
    const SINK: ResourceSink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoResourceResult> ResourceOutput<CONVERTED> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |value| Ok(value.into_resource_result()),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> ResourceOutput<JSON> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |value| {
            Ok(match finite::to_value(&value)? {
                Value::Null => ResourceResult::NotFound,
                value => ResourceResult::Json(value),
            })
        },
    };
}

// Without it, a refused type would cause two errors.
#[diagnostic::do_not_recommend]
impl<T> ResourceOutput<NOT_CONTENTS> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |_| Ok(ResourceResult::NotFound),
    };
}

#[diagnostic::do_not_recommend]
impl<T> ResourceOutput<NOT_HTML> for T {
    const SINK: ResourceSink<Self> = ResourceSink {
        convert: |_| Ok(ResourceResult::NotFound),
    };
}

refused! {
    /// A type that a UI resource can return.
    UiResourceCanReturn<T>,
    message = "UI resource `{Self}` cannot return `{T}`: its contents are an HTML page",
    label = "does not implement `IntoResourceResult`",
    note = "return the page as a `String`, or as `&'static str` with `include_str!(\"page.html\")`"
}

refused! {
    /// A type that a resource can return.
    CanReturn<T>,
    message = "resource `{Self}` cannot return `{T}`: it is neither text nor bytes, and cannot be written as JSON",
    label = "implements neither `IntoResourceResult` nor `Serialize`",
    note = "for JSON, put `#[fastmcp::data]` on `{T}`, or derive `serde::Serialize` for it",
    note = "or return a `String` or a `Vec<u8>`, or implement `fastmcp::IntoResourceResult` for `{T}`"
}
