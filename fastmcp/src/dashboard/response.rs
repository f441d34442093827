//! The responses of a dashboard, with the headers that protect the page.

use axum::body::Body;
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use serde::Serialize;
use serde_json::json;

use crate::docket::model::key::Key;

/// The page, without its nonce.
const PAGE: &str = include_str!("page.html");

/// The place of the nonce in the page.
const NONCE: &str = "{nonce}";

/// Returns the page. It contains no data of the docket.
pub(crate) fn page() -> Response<Body> {
    // 128 random bits.
    let nonce = Key::random();
    let mut response = Response::new(Body::from(PAGE.replace(NONCE, &nonce)));
    let policy = format!(
        "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src data:; \
         connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
         require-trusted-types-for 'script'"
    );
    let headers = response.headers_mut();
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/html; charset=utf-8"),
    );
    // It has only letters of the texts above.
    if let Ok(policy) = HeaderValue::try_from(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    protected(response)
}

/// Returns a value as JSON.
pub(crate) fn json_of(value: &impl Serialize) -> Response<Body> {
    with_status(StatusCode::OK, value)
}

/// Returns an error with a text for the page.
pub(crate) fn error(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    with_status(status, &json!({ "error": text.into() }))
}

/// Returns status 405 with the method that is allowed.
pub(crate) fn method_not_allowed(allowed: &'static str) -> Response<Body> {
    let text = format!("use the method {allowed}");
    let mut response = error(StatusCode::METHOD_NOT_ALLOWED, text);
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(ALLOW, allowed);
    response
}

/// Returns an event stream.
pub(crate) fn events(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/event-stream");
    headers.insert(CONTENT_TYPE, kind);
    // nginx would collect events before it sends them.
    let buffering = HeaderName::from_static("x-accel-buffering");
    headers.insert(buffering, HeaderValue::from_static("no"));
    protected(response)
}

/// Adds the headers that all responses have.
pub(crate) fn protected(mut response: Response<Body>) -> Response<Body> {
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

fn with_status(status: StatusCode, value: &impl Serialize) -> Response<Body> {
    // The values are structs of texts, numbers and flags, which can always be written.
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    protected(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_small_and_loads_nothing() {
        assert!(PAGE.len() < 60_000, "{} bytes", PAGE.len());
        assert_eq!(PAGE.matches(NONCE).count(), 2, "the style and the script");
        for part in [
            "http://",
            "https://",
            "src=",
            "@import",
            "innerHTML",
            "eval(",
        ] {
            let found = PAGE.replace("http://www.w3.org/2000/svg", "");
            assert!(!found.contains(part), "the page contains `{part}`");
        }
    }
}
