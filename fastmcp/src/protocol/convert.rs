//! Converts results and errors to the types of the protocol library.

use rmcp::model::{CallToolResult, ErrorCode, ErrorData, MetaObject};

use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::error::ProtocolError;

pub(crate) fn error_data(error: ProtocolError) -> ErrorData {
    ErrorData::new(ErrorCode(error.code), error.message, error.data)
}

pub(crate) fn request_error_data(error: RequestError) -> ErrorData {
    error_data(error.into())
}

pub(crate) fn call_tool_result(result: ToolResult) -> CallToolResult {
    let mut converted = CallToolResult::success(result.content);
    converted.structured_content = result.structured_content;
    converted.is_error = Some(result.is_error);
    converted.meta = result.meta.map(MetaObject::from);
    converted
}
