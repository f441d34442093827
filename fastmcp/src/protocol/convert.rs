//! What the core answers, in the words of the protocol library.

use rmcp::model::{CallToolResult, ErrorCode, ErrorData, MetaObject};
use serde_json::json;

use crate::component::dispatch::RequestError;
use crate::component::output::tool_result::ToolResult;
use crate::mcp_tasks::view::ErrorObject;
use crate::protocol::tasks;

/// The error that an answer would have been, to be kept.
pub(crate) fn error_object(error: RequestError) -> ErrorObject {
    tasks::error_object(into_error(error))
}

pub(crate) fn into_error(error: RequestError) -> ErrorData {
    let message = error.to_string();
    match error {
        RequestError::Unknown { .. } | RequestError::Arguments(_) => {
            ErrorData::invalid_params(message, None)
        }
        RequestError::UnknownResource { uri } => {
            ErrorData::resource_not_found(message, Some(json!({ "uri": uri })))
        }
        RequestError::Internal(_) | RequestError::Suspended => {
            ErrorData::internal_error(message, None)
        }
        RequestError::Task(error) => tasks::into_error(&error),
        RequestError::Protocol(error) => ErrorData::new(ErrorCode(error.code), message, error.data),
        RequestError::Unsupported(kind) => ErrorData::new(
            ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY,
            message,
            Some(json!({ "requiredCapabilities": kind.capability() })),
        ),
    }
}

pub(crate) fn into_wire(result: ToolResult) -> CallToolResult {
    let mut wire = CallToolResult::success(result.content);
    wire.structured_content = result.structured_content;
    wire.is_error = Some(result.is_error);
    wire.meta = result.meta.map(MetaObject::from);
    wire
}
