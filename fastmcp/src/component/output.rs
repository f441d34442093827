//! Converts what a tool's body returns into the result that a client gets.
//!
//! As with parameters, the type decides. The macro asks which of these the value type (the `T` of a
//! `Result<T, E>`) implements:
//!
//! | row | the type implements | the client gets |
//! |---|---|---|
//! | `CONVERTED` | [`IntoToolResult`] | the converted result: text, content blocks, or all of it |
//! | `STRUCTURED` | `Serialize` and `JsonSchema` | structured content, its schema listed with the tool |
//! | `WITHOUT_SCHEMA` | `Serialize` | structured content without a schema |
//! | `NOT_ENCODABLE` | neither | refused at compile time |
//!
//! Structured content is an object: values of a type that is not always an object are wrapped as
//! `{"result": …}`, as the schema describes. Clients that read only text get the value as JSON text.

pub(crate) mod schema;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::error::CallError;
use crate::call::probe::probes;
use crate::call::refused::refused;
pub use crate::component::output::schema::{OutputSchema, schema_of};
use crate::component::prompt::IntoPromptResult;
use crate::component::resource::IntoResourceResult;
use crate::mcp::ContentBlock;

/// The result of a tool, when the body wants to say all of it.
///
/// ```
/// use fastmcp::{ToolResult, mcp::ContentBlock, prelude::*};
///
/// /// A picture and its caption.
/// #[tool]
/// async fn picture() -> ToolResult {
///     ToolResult::new([
///         ContentBlock::text("a red dot"),
///         ContentBlock::image("iVBORw0KGgo=", "image/png"),
///     ])
/// }
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct ToolResult {
    /// What a model reads.
    pub content: Vec<ContentBlock>,
    /// What a program reads.
    pub structured_content: Option<Value>,
    /// Whether the tool failed.
    pub is_error: bool,
    /// Data for the client that is not part of the result.
    pub meta: Option<Map<String, Value>>,
}

impl ToolResult {
    /// A result of content blocks.
    pub fn new(content: impl IntoIterator<Item = ContentBlock>) -> Self {
        Self {
            content: content.into_iter().collect(),
            ..Self::default()
        }
    }

    /// A result of one text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new([ContentBlock::text(text)])
    }

    /// A failure that says `message`.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::text(message)
        }
    }

    /// The same result with structured content, which should be an object.
    #[must_use]
    pub fn with_structured_content(mut self, value: Value) -> Self {
        self.structured_content = Some(value);
        self
    }

    /// The same result with data for the client that is not part of the result.
    #[must_use]
    pub fn with_meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }
}

/// A type that knows what a client should get when a tool returns it.
///
/// For data, derive `Serialize` and `JsonSchema` instead: that gives structured content and its
/// schema. Implement this for a type that becomes content blocks.
pub trait IntoToolResult {
    /// The result that a client gets.
    fn into_tool_result(self) -> ToolResult;
}

impl IntoToolResult for ToolResult {
    fn into_tool_result(self) -> ToolResult {
        self
    }
}

impl IntoToolResult for () {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::default()
    }
}

impl IntoToolResult for String {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::text(self)
    }
}

impl IntoToolResult for &'static str {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::text(self)
    }
}

impl IntoToolResult for ContentBlock {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::new([self])
    }
}

impl<const N: usize> IntoToolResult for [ContentBlock; N] {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::new(self)
    }
}

impl IntoToolResult for Vec<ContentBlock> {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::new(self)
    }
}

probes! {
    /// The answers about return types; see [`Probe`](crate::call::probe::Probe).
    #[doc(hidden)]
    pub trait OutputFallback;

    /// `T: IntoToolResult`.
    INTO_TOOL_RESULT: [T: IntoToolResult] T = true;
    /// `T: IntoPromptResult`.
    INTO_PROMPT_RESULT: [T: IntoPromptResult] T = true;
    /// `T: IntoResourceResult`.
    INTO_RESOURCE_RESULT: [T: IntoResourceResult] T = true;
}

const CONVERTED: u8 = 0;
const STRUCTURED: u8 = 1;
const WITHOUT_SCHEMA: u8 = 2;
const NOT_ENCODABLE: u8 = 3;

/// Returns the row of a value type in the [table](self).
#[doc(hidden)]
pub const fn row(into_tool_result: bool, serialize: bool, json_schema: bool) -> u8 {
    match (into_tool_result, serialize, json_schema) {
        (true, _, _) => CONVERTED,
        (false, true, true) => STRUCTURED,
        (false, true, false) => WITHOUT_SCHEMA,
        (false, false, _) => NOT_ENCODABLE,
    }
}

/// The conversion of values of one type.
#[doc(hidden)]
pub struct Sink<T> {
    /// The schema of the values, if there is one.
    pub schema: Option<fn() -> Value>,
    /// Returns the result that a client gets.
    pub convert: fn(T, &OutputSchema) -> Result<ToolResult, CallError>,
}

/// Selects, by row, how a value becomes a result; see the [table](self). `Name` is spelled like
/// the tool, so that rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a tool cannot return this type")]
pub trait Output<const ROW: u8, Name>: Sized {
    /// The conversion of its values.
    const SINK: Sink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoToolResult, Name> Output<CONVERTED, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, _| Ok(value.into_tool_result()),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema, Name> Output<STRUCTURED, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: Some(schema_of::<T>),
        convert: |value, schema| schema.structured(&value),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, Name> Output<WITHOUT_SCHEMA, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, schema| schema.structured(&value),
    };
}

refused! {
    pub trait ResultIsEncodable<T>: { const SINK: Sink<T>; }
    impl<T, Name> Output<NOT_ENCODABLE, Name> for T where Name;
    message = "tool `{Self}` cannot return `{T}`: it cannot be written as JSON",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, derive `serde::Serialize` for it, or implement `fastmcp::IntoToolResult` for it"
}
