//! [`Answer`]: the response to a call on the fast path.

use rmcp::model::{ErrorCode, ErrorData, RequestId, ServerJsonRpcMessage, ServerResult};

use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::protocol::convert::{call_tool_result, request_error_data};

/// The form of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Revision {
    /// Before protocol 2026-07-28.
    Session,
    /// Protocol 2026-07-28.
    V20260728,
}

/// The response to a call.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The message, without a newline.
    pub(crate) message: Vec<u8>,
    /// The code of the JSON-RPC error, if the message is one.
    pub(crate) error: Option<i32>,
}

impl Answer {
    /// Encodes the response, with the adjustments that the protocol library makes to it.
    pub(crate) fn new(
        id: RequestId,
        reply: Result<ToolResult, RequestError>,
        revision: Revision,
    ) -> Self {
        match reply {
            Ok(result) => {
                let mut result = ServerResult::CallToolResult(call_tool_result(result));
                if revision == Revision::Session {
                    result.strip_result_type_for_legacy_peer();
                    result.strip_non_object_output_for_legacy_peer();
                }
                match serde_json::to_vec(&ServerJsonRpcMessage::response(result, id.clone())) {
                    Ok(message) => Self {
                        message,
                        error: None,
                    },
                    Err(error) => {
                        tracing::error!(%error, "cannot encode the result of a call");
                        let text = "cannot encode the result of this call";
                        Self::error(id, ErrorData::internal_error(text, None))
                    }
                }
            }
            Err(error) => {
                let mut error = request_error_data(error);
                if revision == Revision::V20260728 && error.code == ErrorCode::RESOURCE_NOT_FOUND {
                    error.code = ErrorCode::INVALID_PARAMS;
                }
                Self::error(id, error)
            }
        }
    }

    fn error(id: RequestId, error: ErrorData) -> Self {
        let code = error.code.0;
        let message = ServerJsonRpcMessage::error(error, Some(id));
        Self {
            // An error consists of a number, a text and a JSON value, which can always be written.
            message: serde_json::to_vec(&message).unwrap_or_default(),
            error: Some(code),
        }
    }
}
