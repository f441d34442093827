//! The head of a request: the headers of the protocol, and the media types.

use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Deserialize;

use crate::text::base64;
use crate::transport::http::accept::accepts;
use crate::transport::http::response::{Refusal, encoded_body, method_not_allowed, refusal};

pub(crate) const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
pub(crate) const VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");
pub(crate) const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The media types of responses, as the library expects them.
const MEDIA_TYPES: HeaderValue = HeaderValue::from_static("application/json, text/event-stream");

/// Checks the media types of the body and of the response. `GET` needs sessions.
pub(crate) fn check_media_types(parts: &mut Parts, has_sessions: bool) -> Result<(), Refusal> {
    let headers = &parts.headers;
    // Most clients send exactly this value, which needs no parsing.
    let is_usual = headers.get(ACCEPT) == Some(&MEDIA_TYPES);
    let accepts_events = is_usual || accepts(headers, "text", "event-stream");
    let not_acceptable = |text: &str| Err(refusal(StatusCode::NOT_ACCEPTABLE, text).into());
    match parts.method {
        Method::POST => {
            if let Some(encoding) = headers.get(CONTENT_ENCODING)
                && !encoding.as_bytes().eq_ignore_ascii_case(b"identity")
            {
                return Err(encoded_body(encoding).into());
            }
            if !is_json(headers) {
                let text = "the header `Content-Type` must be `application/json`";
                return Err(refusal(StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into());
            }
            let accepts_json = is_usual || accepts(headers, "application", "json");
            if !accepts_events || !accepts_json {
                return not_acceptable(
                    "the header `Accept` must allow both `application/json` and \
                     `text/event-stream`",
                );
            }
        }
        Method::GET if !has_sessions => return Err(method_not_allowed("POST").into()),
        Method::GET if !accepts_events => {
            return not_acceptable("the header `Accept` must allow `text/event-stream`");
        }
        Method::GET => {}
        _ => return Ok(()),
    }
    // The library compares the names of the types, not the ranges.
    if !is_usual {
        parts.headers.insert(ACCEPT, MEDIA_TYPES);
    }
    Ok(())
}

/// Returns whether the response is a stream that ends only with the client or the server.
pub(crate) fn is_endless(request: &Parts) -> bool {
    let method = request.headers.get(METHOD);
    let endless = ["subscriptions/listen", "events/stream"];
    request.method == Method::GET
        || method.is_some_and(|method| endless.iter().any(|endless| method == endless))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    // Parameters such as `charset` follow a semicolon.
    content_type
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("application/json"))
}

/// Returns the value of the header `Mcp-Name` for a request about a task.
pub(crate) fn task_name(headers: &HeaderMap, body: &[u8]) -> Option<HeaderValue> {
    #[derive(Deserialize)]
    struct Body {
        params: Params,
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Params {
        task_id: String,
    }

    let method = headers.get(METHOD)?.to_str().ok()?;
    if !matches!(method, "tasks/get" | "tasks/update" | "tasks/cancel") {
        return None;
    }
    let id = serde_json::from_slice::<Body>(body).ok()?.params.task_id;
    // The ID may contain any character. SEP-2243 defines this encoding for header values.
    HeaderValue::try_from(format!("=?base64?{}?=", base64(id.as_bytes()))).ok()
}
