//! The parts of a request's head and body that decide how it is handled.

use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use crate::text::base64;

pub(crate) const METHOD: HeaderName = HeaderName::from_static("mcp-method");

/// Returns whether the body is declared to be JSON.
pub(crate) fn is_json(headers: &HeaderMap) -> bool {
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
