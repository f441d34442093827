//! [`Answer`]: the response to a call on the fast path.
//!
//! A result is written member by member, straight into the bytes that are sent. The members and their order are those of
//! [`CallToolResult`](rmcp::model::CallToolResult), so that both paths give the same bytes.

use std::io;

use rmcp::model::{
    ContentBlock, ErrorCode, ErrorData, MetaObject, RequestId, ServerJsonRpcMessage, ServerResult,
};
use serde::Serialize;

use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::protocol::convert::{call_tool_result, request_error_data};
use crate::telemetry::request::Ended;

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
    pub(crate) id: RequestId,
    pub(crate) reply: Result<ToolResult, RequestError>,
    pub(crate) revision: Revision,
}

impl Answer {
    /// Returns how the call ended.
    pub(crate) fn ended(&self) -> Ended {
        match &self.reply {
            Ok(result) if result.is_error => Ended::WithToolError,
            Ok(_) => Ended::Successfully,
            Err(error) => {
                let error = adjusted_error(error.clone(), self.revision);
                Ended::WithError(error.code.0)
            }
        }
    }

    /// Returns the message, with the adjustments that the protocol library makes to it.
    #[cfg(feature = "http")]
    pub(crate) fn into_message(self) -> ServerJsonRpcMessage {
        let Self {
            id,
            reply,
            revision,
        } = self;
        match reply {
            Ok(result) => ServerJsonRpcMessage::response(adjusted(result, revision), id),
            Err(error) => ServerJsonRpcMessage::error(adjusted_error(error, revision), Some(id)),
        }
    }

    /// Appends the message, without a newline and with the adjustments that the protocol library makes to it. Returns
    /// the code of the JSON-RPC error, if the message is one.
    pub(crate) fn write(self, message: &mut Vec<u8>) -> Option<i32> {
        let Self {
            id,
            reply,
            revision,
        } = self;
        let start = message.len();
        let error = match reply {
            Ok(result) => match write_result(message, &id, result, revision) {
                Ok(()) => return None,
                Err(error) => {
                    tracing::error!(%error, "cannot encode the result of a call");
                    message.truncate(start);
                    ErrorData::internal_error("cannot encode the result of this call", None)
                }
            },
            Err(error) => adjusted_error(error, revision),
        };
        let code = error.code.0;
        // An error consists of a number, a text and a JSON value, which can always be written.
        let _ = write(message, &ServerJsonRpcMessage::error(error, Some(id)));
        Some(code)
    }
}

fn adjusted(result: ToolResult, revision: Revision) -> ServerResult {
    let mut result = ServerResult::CallToolResult(call_tool_result(result));
    if revision == Revision::Session {
        result.strip_result_type_for_legacy_peer();
        result.strip_non_object_output_for_legacy_peer();
    }
    result
}

fn adjusted_error(error: RequestError, revision: Revision) -> ErrorData {
    let mut error = request_error_data(error);
    if revision == Revision::V20260728 && error.code == ErrorCode::RESOURCE_NOT_FOUND {
        error.code = ErrorCode::INVALID_PARAMS;
    }
    error
}

fn write(message: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    Ok(serde_json::to_writer(message, value)?)
}

fn write_result(
    message: &mut Vec<u8>,
    id: &RequestId,
    result: ToolResult,
    revision: Revision,
) -> io::Result<()> {
    let structured = result.structured_content.as_ref();
    if revision == Revision::Session && structured.is_some_and(|value| !value.is_object()) {
        let result = adjusted(result, revision);
        return write(message, &ServerJsonRpcMessage::response(result, id.clone()));
    }
    message.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    match id {
        RequestId::Number(number) => write(message, number)?,
        RequestId::String(text) => write(message, &**text)?,
    }
    message.extend_from_slice(match revision {
        Revision::Session => br#","result":{"content":["#,
        Revision::V20260728 => br#","result":{"resultType":"complete","content":["#,
    });
    for (index, block) in result.content.iter().enumerate() {
        if index > 0 {
            message.push(b',');
        }
        match block {
            ContentBlock::Text(block) if block.meta.is_none() && block.annotations.is_none() => {
                message.extend_from_slice(br#"{"type":"text","text":"#);
                write(message, &block.text)?;
                message.push(b'}');
            }
            block => write(message, block)?,
        }
    }
    message.push(b']');
    if let Some(structured) = &result.structured_content {
        message.extend_from_slice(br#","structuredContent":"#);
        write(message, structured)?;
    }
    message.extend_from_slice(if result.is_error {
        br#","isError":true"#
    } else {
        br#","isError":false"#
    });
    if let Some(meta) = result.meta {
        message.extend_from_slice(br#","_meta":"#);
        write(message, &MetaObject::from(meta))?;
    }
    message.extend_from_slice(b"}}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::error::ProtocolError;

    /// Returns the message as the protocol library encodes it.
    fn expected(id: &RequestId, result: ToolResult, revision: Revision) -> Vec<u8> {
        let message = ServerJsonRpcMessage::response(adjusted(result, revision), id.clone());
        serde_json::to_vec(&message).expect("it can be written")
    }

    #[test]
    fn a_result_has_the_bytes_of_the_protocol_library() {
        let image = ContentBlock::image("AA==", "image/png");
        let meta = json!({"a/b": [1, null], "progressToken": "x"});
        let results = [
            ToolResult::default(),
            ToolResult::text("a \"quote\"\n\u{7f}\u{1}é"),
            ToolResult::error("no"),
            ToolResult::new([image, ContentBlock::text("b")]),
            ToolResult::text("{}").with_structured_content(json!({"z": 1.5, "a": {"b": []}})),
            ToolResult::text("[1]").with_structured_content(json!([1])),
            ToolResult::text("other").with_structured_content(json!("text")),
            ToolResult::text("m").with_meta(meta.as_object().expect("an object").clone()),
        ];
        for id in [RequestId::Number(7), RequestId::String("a\"b".into())] {
            for revision in [Revision::Session, Revision::V20260728] {
                for result in &results {
                    let mut message = b"before".to_vec();
                    let answer = Answer {
                        id: id.clone(),
                        reply: Ok(result.clone()),
                        revision,
                    };
                    assert_eq!(answer.write(&mut message), None);
                    let expected = expected(&id, result.clone(), revision);
                    assert_eq!(
                        String::from_utf8_lossy(&message[6..]),
                        String::from_utf8_lossy(&expected)
                    );
                }
            }
        }
    }

    #[test]
    fn an_error_has_its_code() {
        let error = ProtocolError::new(-32002, "gone");
        for (revision, code) in [(Revision::Session, -32002), (Revision::V20260728, -32602)] {
            let mut message = Vec::new();
            let answer = Answer {
                id: RequestId::Number(7),
                reply: Err(RequestError::Protocol(error.clone())),
                revision,
            };
            assert_eq!(answer.write(&mut message), Some(code));
            let message = String::from_utf8(message).expect("it is text");
            assert!(message.contains(&format!("\"code\":{code}")), "{message}");
        }
    }
}
