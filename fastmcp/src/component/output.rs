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

use std::sync::{Arc, OnceLock};

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::mcp::ContentBlock;
use crate::parameter::probe::Probe;
use crate::parameter::{CallError, schema};

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
impl<T: super::IntoPromptResult> Probe<T> {
    pub const MESSAGES: bool = true;
}

#[allow(missing_docs, reason = "documented in `OutputFallback`")]
impl<T: super::IntoResourceResult> Probe<T> {
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

/// The schema of a tool's structured content: made when it is first asked for, and then kept.
#[doc(hidden)]
pub struct OutputSchema {
    make: Option<fn() -> Value>,
    /// Whether the attribute gives it, in the place of the type's.
    is_declared: bool,
    built: OnceLock<Built>,
}

struct Built {
    /// What clients are told.
    schema: Option<Arc<Map<String, Value>>>,
    /// Whether values are wrapped as `{"result": …}`; where the schema does not tell, each value
    /// that is no object is.
    wraps: Option<bool>,
}

impl OutputSchema {
    /// The schema of the value type, if it has one.
    pub const fn new(make: Option<fn() -> Value>) -> Self {
        Self {
            make,
            is_declared: false,
            built: OnceLock::new(),
        }
    }

    /// The schema that the attribute gives.
    pub const fn declared(make: fn() -> Value) -> Self {
        Self {
            make: Some(make),
            is_declared: true,
            built: OnceLock::new(),
        }
    }

    fn built(&self) -> &Built {
        self.built.get_or_init(|| {
            let of_any = Built {
                schema: None,
                wraps: None,
            };
            match self.make.map(|make| make()) {
                Some(Value::Object(schema)) if self.is_declared => Built {
                    schema: Some(Arc::new(schema)),
                    wraps: Some(false),
                },
                // `{}` and `true` are the schema of anything: there is nothing to tell.
                Some(Value::Object(schema)) if !schema.is_empty() => {
                    let (schema, wraps) = object_schema(schema);
                    Built {
                        schema: Some(Arc::new(schema)),
                        wraps: Some(wraps),
                    }
                }
                _ => of_any,
            }
        })
    }

    /// What `tools/list` says.
    pub(crate) fn schema(&self) -> Option<Arc<Map<String, Value>>> {
        self.built().schema.clone()
    }

    /// Why a schema that the attribute gives is none.
    pub(crate) fn defect(&self) -> Option<String> {
        let make = self.make.filter(|_| self.is_declared)?;
        let schema = make();
        let is_object = schema.get("type").is_some_and(|kind| kind == "object");
        (!is_object).then(|| {
            format!(
                "its `output_schema` has to describe an object: write `\"type\": \"object\"` at \
                 its root; it is {schema}"
            )
        })
    }

    /// The result that holds `value` as structured content, and as text.
    fn structured(&self, value: &impl Serialize) -> Result<ToolResult, CallError> {
        let value = serde_json::to_value(value)?;
        let text = serde_json::to_string(&value)?;
        let wraps = self.built().wraps.unwrap_or(!value.is_object());
        if !wraps && !value.is_object() {
            let message = format!("its output schema promises an object, and it is {text}");
            return Err(CallError::Output(serde::ser::Error::custom(message)));
        }
        let object = if wraps {
            json!({ "result": value })
        } else {
            value
        };
        Ok(ToolResult::text(text).with_structured_content(object))
    }
}

/// The schema of the values of `T`, with the definitions that could not be inlined.
#[doc(hidden)]
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut generator = schema::generator();
    let mut value = generator.subschema_for::<T>().to_value();
    if let Value::Object(schema) = &mut value {
        schema::finish(schema, generator);
        if !schema.contains_key("type") && is_object(schema) {
            schema.insert("type".into(), "object".into());
        }
    }
    value
}

fn is_object(schema: &Map<String, Value>) -> bool {
    let none = Map::new();
    let definitions = schema.get("$defs").and_then(Value::as_object);
    schema::is_object(schema, definitions.unwrap_or(&none))
}

/// The schema of an object: of the value itself, or of `{"result": …}` around it.
fn object_schema(mut schema: Map<String, Value>) -> (Map<String, Value>, bool) {
    if schema.get("type").is_some_and(|kind| kind == "object") {
        return (schema, false);
    }
    let definitions = schema.remove("$defs");
    let mut wrapper = Map::new();
    wrapper.insert("type".into(), "object".into());
    wrapper.insert("properties".into(), json!({ "result": schema }));
    wrapper.insert("required".into(), json!(["result"]));
    if let Some(definitions) = definitions {
        wrapper.insert("$defs".into(), definitions);
    }
    (wrapper, true)
}
