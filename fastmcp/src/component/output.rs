//! Turns what a tool's body returns into the result that a client gets.
//!
//! As with parameters, the type decides. The macro asks of the value type (the `T` of a
//! `Result<T, E>`) which of these it is:
//!
//! | row | the type | the client gets |
//! |---|---|---|
//! | 0 | implements [`IntoToolResult`] | what that says: text, content blocks, a whole result |
//! | 1 | `Serialize` and `JsonSchema` | structured content, its schema listed with the tool |
//! | 2 | `Serialize` alone | structured content without a schema |
//! | 3 | none of these | refused at compile time |
//!
//! Structured content is an object: a type whose values are not all objects is wrapped as
//! `{"result": …}`, and its schema says so. Clients that read text alone get the value as JSON text.

pub(crate) mod schema;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::call::probe::Probe;
use crate::call::take::CallError;
pub use crate::component::output::schema::{OutputSchema, schema_of};
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

/// The answers about return types; see [`Probe`].
#[doc(hidden)]
pub trait OutputFallback {
    /// `T: IntoToolResult`.
    const EXPLICIT: bool = false;
    /// `T: IntoPromptResult`.
    const MESSAGES: bool = false;
    /// `T: IntoResourceResult`.
    const CONTENTS: bool = false;
}

impl<T: ?Sized> OutputFallback for Probe<T> {}

#[allow(missing_docs, reason = "documented in `OutputFallback`")]
impl<T: IntoToolResult> Probe<T> {
    pub const EXPLICIT: bool = true;
}

#[allow(missing_docs, reason = "documented in `OutputFallback`")]
impl<T: crate::component::prompt::IntoPromptResult> Probe<T> {
    pub const MESSAGES: bool = true;
}

#[allow(missing_docs, reason = "documented in `OutputFallback`")]
impl<T: crate::component::resource::IntoResourceResult> Probe<T> {
    pub const CONTENTS: bool = true;
}

/// Folds the answers about a value type into a row of the [table](self).
#[doc(hidden)]
pub const fn row(explicit: bool, encodable: bool, described: bool) -> u8 {
    match (explicit, encodable, described) {
        (true, _, _) => 0,
        (false, true, true) => 1,
        (false, true, false) => 2,
        (false, false, _) => 3,
    }
}

/// How the values of one type become results.
#[doc(hidden)]
pub struct Sink<T> {
    /// The schema of the value, if there is one.
    pub schema: Option<fn() -> Value>,
    /// The result that a client gets.
    pub convert: fn(T, &OutputSchema) -> Result<ToolResult, CallError>,
}

/// Selects, by row, how a value becomes a result; see the [table](self). `Name` is spelled like
/// the tool, so that rustc's message names it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a tool cannot return this type")]
pub trait Output<const ROW: u8, Name>: Sized {
    /// How its values become results.
    const SINK: Sink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoToolResult, Name> Output<0, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, _| Ok(value.into_tool_result()),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema, Name> Output<1, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: Some(schema_of::<T>),
        convert: |value, schema| schema.structured(&value),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize, Name> Output<2, Name> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, schema| schema.structured(&value),
    };
}

/// The bound that nothing implements, whose text explains row 3.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "tool `{Self}` cannot return `{T}`: it cannot be written as JSON",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, derive `serde::Serialize` for it, or implement `fastmcp::IntoToolResult`"
)]
pub trait CanReturn<T> {
    /// Never evaluated: nothing has this bound.
    const SINK: Sink<T>;
}

impl<T, Name: CanReturn<T>> Output<3, Name> for T {
    const SINK: Sink<Self> = Name::SINK;
}
