//! The values that a tool's body may return, and their conversion into results.
//!
//! As with parameters, the type decides. The macro determines the kind of the value type (the `T` of a
//! `Result<T, E>`):
//!
//! | row | type | result |
//! |---|---|---|
//! | `CONVERTED` | implements [`IntoToolResult`] | the result of that conversion: text, content blocks or a whole result |
//! | `WITH_SCHEMA` | implements `Serialize` and `JsonSchema` | structured content, whose schema is listed with the tool |
//! | `WITHOUT_SCHEMA` | implements only `Serialize` | structured content without a schema |
//! | `NOT_SERIALIZABLE` | any other type | compile error |
//!
//! Structured content must be an object: the value of a type that is not always an object is wrapped
//! as `{"result": …}`, and so is its schema. The text of the result is the value as JSON, for clients
//! that do not read structured content.

pub(crate) mod schema;
pub(crate) mod tool_result;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::call::probe::Probe;
use crate::call::take::CallError;
use crate::component::output::schema::{OutputSchema, schema_of};
use crate::component::output::tool_result::{IntoToolResult, ToolResult};
use crate::component::prompt::IntoPromptResult;
use crate::component::resource::IntoResourceResult;

/// The traits that a return type implements; see [`Probe`].
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
impl<T: IntoPromptResult> Probe<T> {
    pub const MESSAGES: bool = true;
}

#[allow(missing_docs, reason = "documented in `OutputFallback`")]
impl<T: IntoResourceResult> Probe<T> {
    pub const CONTENTS: bool = true;
}

// The rows of the table. They are integers, because a const parameter cannot be an enum.
const CONVERTED: u8 = 0;
const WITH_SCHEMA: u8 = 1;
const WITHOUT_SCHEMA: u8 = 2;
const NOT_SERIALIZABLE: u8 = 3;

/// Returns the row of a value type in the [table](self).
#[doc(hidden)]
pub const fn row(explicit: bool, encodable: bool, described: bool) -> u8 {
    match (explicit, encodable, described) {
        (true, _, _) => CONVERTED,
        (false, true, true) => WITH_SCHEMA,
        (false, true, false) => WITHOUT_SCHEMA,
        (false, false, _) => NOT_SERIALIZABLE,
    }
}

/// The conversion of the values of a type into results.
#[doc(hidden)]
pub struct Sink<T> {
    /// The schema of the type, if it has one.
    pub schema: Option<fn() -> Value>,
    /// Converts a value.
    pub convert: fn(T, &OutputSchema) -> Result<ToolResult, CallError>,
}

/// Selects the conversion of a type by its row in the [table](self). `Name` is a type with the name of
/// the tool, so that the compiler's message contains it.
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a tool cannot return this type")]
pub trait Output<const ROW: u8, Name>: Sized {
    /// The conversion.
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
impl<T: Serialize + JsonSchema, Name> Output<WITH_SCHEMA, Name> for T {
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

/// A bound that no type implements. Its message explains `NOT_SERIALIZABLE`.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "tool `{Self}` cannot return `{T}`: it cannot be written as JSON",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, derive `serde::Serialize` for it, or implement `fastmcp::IntoToolResult`"
)]
pub trait CanReturn<T> {
    /// Never evaluated, because no type implements this trait.
    const SINK: Sink<T>;
}

impl<T, Name: CanReturn<T>> Output<NOT_SERIALIZABLE, Name> for T {
    const SINK: Sink<Self> = Name::SINK;
}
