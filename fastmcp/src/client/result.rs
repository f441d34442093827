//! Converts the results of calls, into a [`ToolResult`] or a type of the caller.

use rmcp::model::CallToolResult;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::error::{ClientError, connection_error};
use crate::component::output::tool_result::ToolResult;
use crate::mcp::ContentBlock;

/// Converts the result of a call.
pub(super) fn tool_result(result: Value) -> Result<ToolResult, ClientError> {
    let result: CallToolResult = serde_json::from_value(result).map_err(connection_error)?;
    let mut converted = ToolResult::new(result.content);
    converted.structured_content = result.structured_content;
    converted.is_error = result.is_error.unwrap_or(false);
    converted.meta = result.meta.map(|meta| meta.0);
    Ok(converted)
}

/// Decodes a result as a value of `R`.
pub(super) fn typed<R: DeserializeOwned>(tool: &str, result: ToolResult) -> Result<R, ClientError> {
    let texts = result.content.iter().filter_map(|block| match block {
        ContentBlock::Text(text) => Some(text.text.as_str()),
        _ => None,
    });
    let text = texts.collect::<Vec<_>>().join("\n");
    let tool = tool.to_owned();
    if result.is_error {
        return Err(ClientError::Tool {
            tool,
            message: text,
        });
    }
    let Some(content) = result.structured_content else {
        let of_text = serde_json::from_str(&text);
        let of_text = of_text.or_else(|error| {
            // The text of a tool that returns text, and `ok` of one that returns nothing.
            let text = serde_json::from_value(Value::from(text.clone()));
            let nothing = || serde_json::from_value(Value::Null).map_err(|_| error);
            text.or_else(|_| nothing())
        });
        return of_text.map_err(|error| ClientError::Decode {
            tool,
            problem: format!("{error} in the text {text:?}"),
        });
    };
    if let Value::Object(fields) = &content
        && fields.len() == 1
        && let Some(wrapped) = fields.get("result")
        && let Ok(value) = serde_json::from_value(wrapped.clone())
    {
        return Ok(value);
    }
    serde_json::from_value(content).map_err(|error| ClientError::Decode {
        tool,
        problem: error.to_string(),
    })
}
