//! Tools: their registration and listing.

use std::sync::Arc;

use serde_json::Value;

use crate::call::arguments::Encoding;
use crate::call::schema;
use crate::component::entry::Entry;
use crate::component::options::ToolHints;
use crate::component::output::schema::OutputSchema;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::Tool;
use crate::selection::Descriptor;

/// The registration of a `#[tool]`.
#[doc(hidden)]
pub struct ToolEntry {
    /// The part that all kinds of components share.
    pub entry: Entry<ToolResult>,
    /// Hints about the effects of a call.
    pub hints: ToolHints,
    /// The schema of the input, if the attribute sets it.
    pub input_schema: Option<fn() -> Value>,
    /// The schema of the structured content.
    pub output: &'static OutputSchema,
}

inventory::collect!(ToolEntry);

impl ToolEntry {
    /// Returns the properties by which the tool can be selected.
    pub(crate) fn descriptor(&self) -> Descriptor {
        self.entry.descriptor(None)
    }

    /// Returns the tool's entry in `tools/list`.
    pub(crate) fn listing(&self) -> Tool {
        let entry = &self.entry;
        let input = match self.input_schema.map(|schema| schema()) {
            Some(Value::Object(schema)) => schema,
            _ => schema::input_schema(entry.parameters),
        };
        let description = entry.description.map(Into::into);
        let mut tool = Tool::new_with_raw(entry.name, description, Arc::new(input));
        tool.title = entry.title.map(Into::into);
        tool.output_schema = self.output.schema();
        tool.annotations = self.hints.listing();
        tool.icons = entry.icons();
        tool.meta = entry.meta();
        tool
    }

    /// Returns the encoding of the arguments.
    pub(crate) fn encoding(&self) -> Encoding {
        if self.entry.options.lenient {
            Encoding::Lenient
        } else {
            Encoding::Json
        }
    }
}
