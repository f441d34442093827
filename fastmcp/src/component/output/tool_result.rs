//! [`ToolResult`], and the types that can be converted into it.

use serde_json::{Map, Value, json};

use crate::mcp::ContentBlock;

/// The complete result of a tool. A body returns it to set each part of the result.
///
/// ```
/// use fastmcp::{ToolResult, mcp::ContentBlock, prelude::*};
///
/// /// Returns a picture and its caption.
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
    /// The content for the model.
    pub content: Vec<ContentBlock>,
    /// The content for programs, a JSON object.
    pub structured_content: Option<Value>,
    /// `true` if the tool failed.
    pub is_error: bool,
    /// The `_meta` of the result.
    pub meta: Option<Map<String, Value>>,
}

impl ToolResult {
    /// Creates a result with these content blocks.
    pub fn new(content: impl IntoIterator<Item = ContentBlock>) -> Self {
        Self {
            content: content.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Creates a result with one text block.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new([ContentBlock::text(text)])
    }

    /// Creates the result of a failed call with this message.
    pub fn error(message: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::text(message)
        }
    }

    /// Sets the structured content, which should be an object.
    #[must_use]
    pub fn with_structured_content(mut self, value: Value) -> Self {
        self.structured_content = Some(value);
        self
    }

    /// Adds structured content to a result whose text is JSON, but no object. Gemini CLI reads such text
    /// as structured content, and its SDK then refuses the result, because this has to be an object.
    pub(crate) fn with_wrapped_json_text(mut self) -> Self {
        if self.structured_content.is_some() || self.is_error {
            return self;
        }
        let Some(ContentBlock::Text(block)) = self.content.first() else {
            return self;
        };
        let text = block.text.trim();
        let is_object = text.starts_with('{');
        if !is_object && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
            self.structured_content = Some(json!({ "result": block.text }));
        }
        self
    }

    /// Sets the `_meta` of the result.
    #[must_use]
    pub fn with_meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }
}

/// A type that can be converted into the result of a tool.
///
/// Implement it for types that become content blocks. For data, derive `Serialize` and `JsonSchema`
/// instead: the result then has structured content, and the tool lists its schema.
pub trait IntoToolResult {
    /// Converts the value into the result that a client gets.
    fn into_tool_result(self) -> ToolResult;
}

impl IntoToolResult for ToolResult {
    fn into_tool_result(self) -> ToolResult {
        self
    }
}

/// The text `ok`: several hosts report a result without any content as an error.
impl IntoToolResult for () {
    fn into_tool_result(self) -> ToolResult {
        ToolResult::text("ok")
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
