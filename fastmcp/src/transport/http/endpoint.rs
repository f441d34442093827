//! [`Endpoint`]: handles HTTP requests, and drains them when the server stops.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use rmcp::transport::StreamableHttpService;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::principal::Principal;
use crate::protocol::connection::{Connection, ProtocolServer};
use crate::text::base64;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::response::{invalid_message, text, unavailable, unreadable_body};
use crate::transport::http::sessions::Sessions;
use crate::transport::http::tracked_body::TrackedBody;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

const STOPPING: &str = "the server is shutting down";

/// The HTTP layer of a server, shared by all services and listeners.
pub(crate) struct Endpoint {
    mcp: StreamableHttpService<Connection, Sessions>,
    sessions: Sessions,
    options: HttpOptions,
    /// The requests in flight.
    in_flight: TaskTracker,
    /// Cancelled when the endpoint stops accepting requests.
    draining: CancellationToken,
    /// Cancelled when the endpoint closes all streams and sessions.
    closed: CancellationToken,
}

impl Endpoint {
    pub(crate) fn new(
        server: Arc<ProtocolServer>,
        options: HttpOptions,
        stopping: &CancellationToken,
    ) -> Self {
        let closed = stopping.child_token();
        let config = options.config().with_cancellation_token(closed.clone());
        let sessions = Sessions::new(options.idle, options.max_sessions, options.retry);
        let mcp = StreamableHttpService::new(
            move || Ok(Connection::new(Arc::clone(&server))),
            Arc::new(sessions.clone()),
            config,
        );
        Self {
            mcp,
            sessions,
            options,
            in_flight: TaskTracker::new(),
            draining: CancellationToken::new(),
            closed,
        }
    }

    pub(crate) fn options(&self) -> &HttpOptions {
        &self.options
    }

    pub(crate) fn session_count(&self) -> usize {
        self.sessions.count()
    }

    /// Rejects new requests, waits up to the grace period for those in flight, and then closes all
    /// streams and sessions.
    pub(crate) async fn drain(&self) {
        self.draining.cancel();
        self.in_flight.close();
        let done = self.in_flight.wait();
        if tokio::time::timeout(self.options.grace, done)
            .await
            .is_err()
        {
            tracing::warn!(
                requests = self.in_flight.len(),
                "closed requests that did not finish within {:?}",
                self.options.grace
            );
        }
        self.closed.cancel();
    }

    pub(crate) async fn respond(&self, request: Request<Body>) -> Response<Body> {
        if self.draining.is_cancelled() || self.closed.is_cancelled() {
            return unavailable(STOPPING);
        }
        // Endless streams do not count as in flight, because a shutdown would wait for them until
        // the end of its grace period.
        let in_flight = (!is_endless(&request)).then(|| self.in_flight.token());
        let session = request.headers().get(SESSION).cloned();
        let principal = request.extensions().get::<Principal>().cloned();
        // A request for another caller's session gets the response for an unknown session, so that
        // nobody can find out which IDs exist.
        if let Some(session) = &session
            && !self.sessions.is_owned_by(session, principal.as_ref())
        {
            return text(StatusCode::NOT_FOUND, "session not found");
        }
        let response = if request.method() == Method::POST {
            self.post(request).await
        } else {
            let ends_session = request.method() == Method::DELETE;
            let mut response = self.mcp.handle(request).await.map(Body::new);
            // The library responds with 202 (Accepted), although the session has already ended.
            // Some clients warn about 202.
            if ends_session && response.status() == StatusCode::ACCEPTED {
                *response.status_mut() = StatusCode::NO_CONTENT;
            }
            response
        };
        if let Some(created) = response.headers().get(SESSION) {
            self.sessions.set_owner(created, principal);
        }
        // The library first checks that a session exists and then uses it. If the session ends in
        // between, the library's error is a plain 500.
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            if self.closed.is_cancelled() {
                return unavailable(STOPPING);
            }
            if session.is_none() && self.sessions.is_full() {
                return unavailable("too many sessions");
            }
            if session.is_some_and(|session| !self.sessions.contains(&session)) {
                return text(StatusCode::NOT_FOUND, "session not found");
            }
        }
        response.map(|body| Body::new(TrackedBody::new(body, in_flight)))
    }

    async fn post(&self, request: Request<Body>) -> Response<Body> {
        let is_json = is_json(request.headers());
        let (mut parts, body) = request.into_parts();
        let body = match axum::body::to_bytes(body, self.options.max_body_bytes).await {
            Ok(body) => body,
            Err(error) => return unreadable_body(&error, self.options.max_body_bytes),
        };
        if !self.options.require_task_name
            && !parts.headers.contains_key(NAME)
            && let Some(name) = task_name(&parts.headers, &body)
        {
            parts.headers.insert(NAME, name);
        }
        let request = Request::from_parts(parts, Body::from(body.clone()));
        let response = self.mcp.handle(request).await;
        // The library reports every body that is not a valid message as an unsupported media type.
        if is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            return invalid_message(&body);
        }
        response.map(Body::new)
    }
}

/// Returns whether the response is a stream that ends only when the client disconnects or the
/// server stops.
fn is_endless(request: &Request<Body>) -> bool {
    let listens = || {
        let method = request.headers().get(METHOD);
        method.is_some_and(|method| method == "subscriptions/listen")
    };
    request.method() == Method::GET || listens()
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
fn task_name(headers: &HeaderMap, body: &[u8]) -> Option<HeaderValue> {
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
