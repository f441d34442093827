//! What the core answers, in the words of the protocol library.

use rmcp::model::{CallToolResult, ErrorCode, ErrorData, MetaObject};
use serde_json::json;

use super::tasks;
use crate::component::ToolResult;
use crate::server::core::RequestError;
use crate::server::tasks::ErrorObject;

/// The error that an answer would have been, to be kept.
pub(in crate::server) fn error_object(error: RequestError) -> ErrorObject {
    tasks::error_object(into_error(error))
}

pub(super) fn into_error(error: RequestError) -> ErrorData {
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

pub(super) fn into_wire(result: ToolResult) -> CallToolResult {
    let mut wire = CallToolResult::success(result.content);
    wire.structured_content = result.structured_content;
    wire.is_error = Some(result.is_error);
    wire.meta = result.meta.map(MetaObject::from);
    wire
}
