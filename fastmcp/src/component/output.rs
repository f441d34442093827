//! The return types of tools, and the conversion of their values into results.
//!
//! As with parameters, the type decides. The expansion determines the row of the value type (the `T` of a
//! `Result<T, E>`):
//!
//! | row | type | result |
//! |---|---|---|
//! | `CONVERTED` | implements [`IntoToolResult`] | the result of that conversion: text, content blocks or a whole result |
//! | `STRUCTURED` | implements `Serialize` and `JsonSchema` | structured content, whose schema is listed with the tool |
//! | `WITHOUT_SCHEMA` | implements only `Serialize` | structured content without a schema |
//! | `NOT_ENCODABLE` | any other type | compile error |
//!
//! Structured content must be an object. If the schema of a type also allows other JSON, its values and
//! its schema are wrapped as `{"result": …}`. The result also contains the value as JSON text, for
//! clients that do not read structured content.

pub(crate) mod check;
pub(crate) mod schema;
pub(crate) mod tool_result;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use crate::call::error::CallError;
use crate::call::probe::probes;
use crate::call::refused::refused;
use crate::component::output::schema::{OutputSchema, schema_of};
use crate::component::output::tool_result::{IntoToolResult, ToolResult};
use crate::component::prompt::IntoPromptResult;
use crate::component::resource::IntoResourceResult;

probes! {
    /// The probes of return types; see [`Probe`](crate::call::probe::Probe).
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
#[doc(hidden)]
pub const NOT_ENCODABLE: u8 = 3;

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

/// The conversion of the values of a type into results.
#[doc(hidden)]
pub struct Sink<T> {
    /// The schema of the type, if it has one.
    pub schema: Option<fn() -> Value>,
    /// Converts a value.
    pub convert: fn(T, &OutputSchema) -> Result<ToolResult, CallError>,
}

/// Selects the conversion of a type by its row in the [table](self).
#[doc(hidden)]
#[diagnostic::on_unimplemented(message = "a tool cannot return this type")]
pub trait Output<const ROW: u8>: Sized {
    /// The conversion.
    const SINK: Sink<Self>;
}

#[diagnostic::do_not_recommend]
impl<T: IntoToolResult> Output<CONVERTED> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, _| Ok(value.into_tool_result()),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize + JsonSchema> Output<STRUCTURED> for T {
    const SINK: Sink<Self> = Sink {
        schema: Some(schema_of::<T>),
        convert: |value, schema| schema.structured(&value),
    };
}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Output<WITHOUT_SCHEMA> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |value, schema| schema.structured(&value),
    };
}

// Without it, a refused type would cause two errors.
#[diagnostic::do_not_recommend]
impl<T> Output<NOT_ENCODABLE> for T {
    const SINK: Sink<Self> = Sink {
        schema: None,
        convert: |_, _| Ok(ToolResult::default()),
    };
}

refused! {
    /// A type that a tool can return.
    CanReturn<T>,
    message = "tool `{Self}` cannot return `{T}`: it cannot be written as JSON",
    label = "does not implement `Serialize`",
    note = "put `#[fastmcp::data]` on `{T}`, derive `serde::Serialize` for it, or implement `fastmcp::IntoToolResult` for it"
}
