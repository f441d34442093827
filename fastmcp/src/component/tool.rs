//! A tool as it is registered, and as clients are told of it.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Entry, ToolResult};
use crate::mcp::Tool;
use crate::parameter::schema;

/// What `#[tool]` registers.
#[doc(hidden)]
pub struct ToolEntry {
    /// What it shares with every handler.
    pub entry: Entry<ToolResult>,
    /// The schema of what it returns, if it is structured.
    pub output_schema: Option<fn() -> Map<String, Value>>,
}

inventory::collect!(ToolEntry);

impl ToolEntry {
    /// What `tools/list` says of it.
    pub(crate) fn listing(&self) -> Tool {
        let entry = &self.entry;
        let mut tool = Tool::new_with_raw(
            entry.name,
            entry.description.map(Into::into),
            Arc::new(schema::input_schema(entry.parameters)),
        );
        tool.title = entry.title.map(Into::into);
        tool.output_schema = self.output_schema.map(|schema| Arc::new(schema()));
        tool
    }
}
