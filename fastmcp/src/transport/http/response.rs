//! HTTP responses that the protocol library does not produce. Each refusal is a JSON-RPC error.

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER,
};
use axum::http::{HeaderValue, Response, StatusCode};
use rmcp::RoleServer;
use rmcp::model::{
    ClientRequest, ErrorCode, ErrorData, JsonRpcError, JsonRpcMessage, ProtocolVersion, RequestId,
};
use rmcp::service::RxJsonRpcMessage;

use crate::protocol::params;
use crate::transport::json_lines::incoming::invalid_body;
use crate::transport::json_lines::scan::ScannedMessage;

/// The response to a refused request.
pub(crate) type Refusal = Box<Response<Body>>;

/// The maximum size of a refusal of the library in bytes.
const MAX_REFUSAL: usize = 64 * 1024;

/// Returns the response to a request that is refused before its message is read.
pub(crate) fn refusal(status: StatusCode, message: impl Into<String>) -> Response<Body> {
    refusal_of(status, None, message)
}

/// Returns the response to a refused request with an ID. Without an ID, the error has none: the
/// protocol's schema does not allow `null`.
pub(crate) fn refusal_of(
    status: StatusCode,
    id: Option<RequestId>,
    message: impl Into<String>,
) -> Response<Body> {
    let code = if status.is_server_error() {
        ErrorCode::INTERNAL_ERROR
    } else {
        ErrorCode::INVALID_REQUEST
    };
    let error = ErrorData::new(code, message.into(), None);
    json_error(status, &JsonRpcError::new(id, error))
}

/// Returns status 503 and suggests to retry in a second.
pub(crate) fn unavailable(id: Option<RequestId>, reason: &'static str) -> Response<Body> {
    let mut response = refusal_of(StatusCode::SERVICE_UNAVAILABLE, id, reason);
    let delay = HeaderValue::from_static("1");
    response.headers_mut().insert(RETRY_AFTER, delay);
    response
}

/// Returns status 405 with the methods that are allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Response<Body> {
    let text = format!("use one of the methods {allowed}");
    let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED, text);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}

/// Returns status 415 for a body that is compressed.
pub(crate) fn encoded_body(encoding: &HeaderValue) -> Response<Body> {
    let encoding = String::from_utf8_lossy(encoding.as_bytes());
    let text = format!("the body has the content encoding `{encoding}`; send it without one");
    let mut response = refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text);
    let identity = HeaderValue::from_static("identity");
    response.headers_mut().insert(ACCEPT_ENCODING, identity);
    response
}

/// Returns status 408 for a body that arrives too slowly.
pub(crate) fn slow_body() -> Response<Body> {
    let text = "the body did not arrive in time";
    let mut response = refusal(StatusCode::REQUEST_TIMEOUT, text);
    let close = HeaderValue::from_static("close");
    response.headers_mut().insert(CONNECTION, close);
    response
}

/// Returns the response to a body that is not a JSON-RPC message.
pub(crate) fn invalid_message(body: &[u8]) -> Response<Body> {
    let error = match serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(body) {
        Err(error) => invalid_body(body, &error),
        // The message is valid for us, so the library's reason is unknown.
        Ok(_) => {
            let error = ErrorData::invalid_request("invalid message", None);
            JsonRpcError::new(ScannedMessage::scan(body).id, error)
        }
    };
    json_error(StatusCode::BAD_REQUEST, &error)
}

/// Returns the response to a list request with an unfit cursor; `None` for other requests.
pub(crate) fn unfit_cursor(body: &[u8]) -> Option<Response<Body>> {
    let (id, error) = params::unfit_cursor(body)?;
    let error = JsonRpcError::new(Some(id), error);
    Some(json_error(StatusCode::BAD_REQUEST, &error))
}

/// Returns the response to an `initialize` request with unfit parameters; `None` for other requests.
pub(crate) fn unfit_initialize(body: &[u8]) -> Option<Response<Body>> {
    let message = serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(body);
    let JsonRpcMessage::Request(request) = message.ok()? else {
        return None;
    };
    let ClientRequest::CustomRequest(custom) = request.request else {
        return None;
    };
    if custom.method != "initialize" {
        return None;
    }
    // Since 2026-07-28 each request names its revision, and there is no `initialize`.
    let body = serde_json::from_slice::<serde_json::Value>(body).ok()?;
    let version = body["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"].as_str();
    let is_removed =
        version.is_some_and(|version| version >= ProtocolVersion::V_2026_07_28.as_str());
    let (status, error) = if is_removed {
        (
            StatusCode::NOT_FOUND,
            params::unknown_method(&custom.method),
        )
    } else {
        let error = params::refusal(&custom.method, custom.params.as_ref());
        (StatusCode::BAD_REQUEST, error)
    };
    Some(json_error(
        status,
        &JsonRpcError::new(Some(request.id), error),
    ))
}

/// Replaces a refusal of the library, which is plain text, by a JSON-RPC error.
pub(crate) async fn as_json_rpc(response: Response<Body>, id: Option<RequestId>) -> Response<Body> {
    let status = response.status();
    let is_json = |value: &HeaderValue| value.as_bytes().starts_with(b"application/json");
    let is_error = status.is_client_error() || status.is_server_error();
    if !is_error || response.headers().get(CONTENT_TYPE).is_some_and(is_json) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let text = axum::body::to_bytes(body, MAX_REFUSAL).await;
    let text = String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned();
    let reason = status.canonical_reason().unwrap_or_default();
    // The library repeats the status: `Bad Request: Session ID is required`.
    let text = text
        .strip_prefix(reason)
        .and_then(|text| text.strip_prefix(": "))
        .unwrap_or(&text);
    let mut refused = if text == "Session ID is required" {
        let fix = "send `initialize` first, and with each further request the header `Mcp-Session-Id` of its response";
        refusal_of(status, id, format!("{text}: {fix}"))
    } else {
        refusal_of(status, id, text)
    };
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            refused.headers_mut().insert(name.clone(), value.clone());
        }
    }
    refused
}

fn json_error(status: StatusCode, error: &JsonRpcError) -> Response<Body> {
    // An error without data always serializes.
    let body = serde_json::to_vec(error).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// Returns the response to a request of a session that does not exist, or that belongs to another caller.
pub(crate) fn session_not_found(id: Option<RequestId>) -> Response<Body> {
    let text = "session not found; start a new one with `initialize`";
    refusal_of(StatusCode::NOT_FOUND, id, text)
}

/// Adds the capability `events` to the answer of a request that describes the server.
#[cfg(feature = "events")]
pub(crate) fn declare_events<B>(answer: B, request: &[u8]) -> Body
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    use crate::protocol::events_capability;
    use http_body_util::BodyExt;

    let describes = ["\"server/discover\"", "\"initialize\""];
    let finds = |method: &&str| memchr::memmem::find(request, method.as_bytes()).is_some();
    if !describes.iter().any(finds) {
        return Body::new(answer);
    }
    Body::new(answer.map_frame(|frame| {
        frame.map_data(|data| match events_capability::add(&data) {
            Some(patched) => bytes::Bytes::from(patched),
            None => data,
        })
    }))
}

/// Returns the answer: without events, there is nothing to declare.
#[cfg(not(feature = "events"))]
pub(crate) fn declare_events<B>(answer: B, _: &[u8]) -> Body
where
    B: axum::body::HttpBody<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    Body::new(answer)
}
