//! HTTP responses that the protocol library does not produce.

use std::error::Error;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use http_body_util::LengthLimitError;
use rmcp::RoleServer;
use rmcp::model::JsonRpcError;
use rmcp::service::RxJsonRpcMessage;

use crate::transport::json_lines;

pub(crate) fn text(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response
}

/// Returns status 503 with `Retry-After: 1`.
pub(crate) fn unavailable(reason: &'static str) -> Response<Body> {
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, reason);
    let delay = HeaderValue::from_static("1");
    response.headers_mut().insert(RETRY_AFTER, delay);
    response
}

/// Returns the response to a body that is not a JSON-RPC message.
pub(crate) fn invalid_message(body: &[u8]) -> Response<Body> {
    let error = match serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(body) {
        Err(error) => json_lines::invalid_body(body, &error),
        // The message can be parsed, so the reason why the library rejected it is unknown.
        Ok(_) => return text(StatusCode::BAD_REQUEST, "invalid message"),
    };
    json_error(StatusCode::BAD_REQUEST, &error)
}

/// Returns the response to a body that cannot be read to its end.
pub(crate) fn unreadable_body(error: &axum::Error, limit: usize) -> Response<Body> {
    // A layer in front of the server may limit the size too; its error is then wrapped in another
    // one.
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            let message = format!("the body is larger than {limit} bytes");
            return text(StatusCode::PAYLOAD_TOO_LARGE, message);
        }
        cause = error.source();
    }
    tracing::debug!(%error, "a request body is incomplete");
    text(StatusCode::BAD_REQUEST, "the body is incomplete")
}

fn json_error(status: StatusCode, error: &JsonRpcError) -> Response<Body> {
    let Ok(body) = serde_json::to_vec(error) else {
        return text(status, "invalid message");
    };
    let mut response = text(status, body);
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
