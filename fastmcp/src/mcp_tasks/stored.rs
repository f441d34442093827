//! The stored form of a task's outcome.
//!
//! A result is stored as the execution's result. A JSON-RPC error is stored as the message of the
//! execution's failure, so that the execution counts as failed when the docket is monitored.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::component::output::tool_result::ToolResult;
use crate::error::ProtocolError;
use crate::mcp::ContentBlock;

/// The stored form of a [`ToolResult`].
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredResult {
    content: Vec<ContentBlock>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    structured_content: Option<Value>,
    is_error: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    meta: Option<Map<String, Value>>,
}

/// The stored form of a [`ProtocolError`].
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredError {
    code: i32,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

impl From<ToolResult> for StoredResult {
    fn from(result: ToolResult) -> Self {
        let ToolResult {
            content,
            structured_content,
            is_error,
            meta,
        } = result;
        Self {
            content,
            structured_content,
            is_error,
            meta,
        }
    }
}

impl From<StoredResult> for ToolResult {
    fn from(stored: StoredResult) -> Self {
        Self {
            content: stored.content,
            structured_content: stored.structured_content,
            is_error: stored.is_error,
            meta: stored.meta,
        }
    }
}

impl From<ProtocolError> for StoredError {
    fn from(error: ProtocolError) -> Self {
        Self {
            code: error.code,
            message: error.message,
            data: error.data,
        }
    }
}

impl From<StoredError> for ProtocolError {
    fn from(stored: StoredError) -> Self {
        Self {
            code: stored.code,
            message: stored.message,
            data: stored.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_is_read_as_it_was_written() {
        let result = ToolResult::new([
            ContentBlock::text("a"),
            ContentBlock::image("AA==", "image/png"),
        ])
        .with_structured_content(serde_json::json!({ "a": 1 }))
        .with_meta(Map::from_iter([("k".to_owned(), Value::Bool(true))]));
        let written = serde_json::to_vec(&StoredResult::from(result.clone())).unwrap();
        let read: StoredResult = serde_json::from_slice(&written).unwrap();
        assert_eq!(ToolResult::from(read), result);
    }
}
