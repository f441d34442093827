//! A tool as it is registered, and as clients are told of it.

use std::sync::Arc;

use serde_json::Value;

use crate::call::arguments::Encoding;
use crate::call::schema;
use crate::component::entry::Entry;
use crate::component::options::ToolHints;
use crate::component::output::ToolResult;
use crate::component::output::schema::OutputSchema;
use crate::mcp::Tool;

/// What `#[tool]` registers.
#[doc(hidden)]
pub struct ToolEntry {
    /// What it shares with every handler.
    pub entry: Entry<ToolResult>,
    /// What clients may know of its effects.
    pub hints: ToolHints,
    /// The schema of its input, if the attribute gives it.
    pub input_schema: Option<fn() -> Value>,
    /// The schema of what it returns, if that is structured.
    pub output: &'static OutputSchema,
}

inventory::collect!(ToolEntry);

impl ToolEntry {
    /// What `tools/list` says of it.
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

    /// How its arguments arrive.
    pub(crate) fn encoding(&self) -> Encoding {
        if self.entry.options.lenient {
            Encoding::Lenient
        } else {
            Encoding::Json
        }
    }
}
