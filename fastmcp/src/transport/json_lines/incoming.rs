//! [`Incoming`]: the message of a line, or the error for an invalid one.

use rmcp::RoleServer;
#[cfg(feature = "http")]
use rmcp::model::JsonRpcError;
use rmcp::model::{ClientRequest, ErrorCode, ErrorData, JsonRpcMessage, RequestId};
use rmcp::service::RxJsonRpcMessage;
use serde_json::error::Category;

use crate::protocol::params;
use crate::protocol::task_filter;
use crate::transport::json_lines::scan::ScannedMessage;
use crate::transport::message_size;

/// A parsed line.
pub(crate) enum Incoming {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    Invalid(ErrorData, Option<RequestId>),
    /// An empty line, or an invalid message that gets no response.
    Ignored,
}

/// Returns the response to an HTTP body that cannot be parsed.
#[cfg(feature = "http")]
pub(crate) fn invalid_body(body: &[u8], error: &serde_json::Error) -> JsonRpcError {
    if let Some((id, error)) = params::unfit_request(body) {
        return JsonRpcError::new(Some(id), error);
    }
    JsonRpcError::new(ScannedMessage::scan(body).id, error_data("body", error))
}

/// Returns the error for a line or a body that cannot be parsed.
fn error_data(source: &str, error: &serde_json::Error) -> ErrorData {
    match error.classify() {
        Category::Syntax | Category::Eof => {
            let text = format!("the {source} is not valid JSON: {error}");
            ErrorData::new(ErrorCode::PARSE_ERROR, text, None)
        }
        // The text of `error` is left out: it names Rust types of the library.
        Category::Data | Category::Io => {
            let text = format!("the {source} is not a valid JSON-RPC 2.0 message");
            ErrorData::invalid_request(text, None)
        }
    }
}

/// Returns the message of a line, or the response to an invalid one.
pub(crate) fn parse(line: &[u8], max_values: usize) -> Incoming {
    if let Err(error) = message_size::check(line, max_values) {
        let error = ErrorData::invalid_request(error.to_string(), None);
        return Incoming::Invalid(error, ScannedMessage::scan(line).id);
    }
    // RFC 8259, section 8.1, allows parsers to ignore a byte order mark.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Incoming::Ignored;
    }
    if let Some((id, error)) = params::unfit_cursor(line) {
        return Incoming::Invalid(error, Some(id));
    }
    let rewritten = task_filter::rewrite(line);
    let error = match serde_json::from_slice(rewritten.as_deref().unwrap_or(line)) {
        Ok(message) if rewritten.is_some() => return Incoming::Message(Box::new(message)),
        Ok(message) => return check_params(message),
        Err(error) => error,
    };
    let message = ScannedMessage::scan(line);
    if message.has_no_response() {
        // Responding to an invalid response could make two peers reject each other's messages
        // forever.
        tracing::debug!(%error, "ignored an invalid notification or response");
        return Incoming::Ignored;
    }
    if let Some((id, error)) = params::unfit_request(line) {
        return Incoming::Invalid(error, Some(id));
    }
    Incoming::Invalid(error_data("line", &error), message.id)
}

/// Rejects a request whose parameters do not fit its method. The library would reject some of them
/// for another reason: an unfit `initialize` request for the missing metadata of other protocols.
fn check_params(message: RxJsonRpcMessage<RoleServer>) -> Incoming {
    if let JsonRpcMessage::Request(request) = &message
        && let ClientRequest::CustomRequest(custom) = &request.request
    {
        let error = params::refusal(&custom.method, custom.params.as_ref());
        if error.code == ErrorCode::INVALID_PARAMS {
            return Incoming::Invalid(error, Some(request.id.clone()));
        }
    }
    Incoming::Message(Box::new(message))
}
