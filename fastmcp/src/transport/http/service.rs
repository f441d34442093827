//! [`HttpService`]: a server as a tower service, for a router of the user's own.

use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;
use rmcp::RoleServer;
use rmcp::model::JsonRpcError;
use rmcp::service::RxJsonRpcMessage;
use rmcp::transport::StreamableHttpService;
use serde::Deserialize;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;
use tower_service::Service;

use crate::component::dispatch::Core;
use crate::principal::Principal;
use crate::protocol::handler::Bridge;
use crate::text::base64;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::sessions::Sessions;
use crate::transport::json_lines;

const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// A [`Server`](crate::Server) as a [tower](https://docs.rs/tower-service) service, to be mounted in
/// a router of your own; [`Server::http_service`](crate::Server::http_service) has an example.
///
/// It serves until the server stops, and answers with status 503 from then on. Clones are the same
/// service, with the same sessions.
#[derive(Clone)]
pub struct HttpService(Arc<Endpoint>);

/// Where HTTP requests arrive.
pub(crate) struct Endpoint {
    mcp: StreamableHttpService<Bridge, Sessions>,
    sessions: Sessions,
    options: HttpOptions,
    /// The requests that are being answered.
    in_flight: TaskTracker,
    /// Cancelled when no new request is taken.
    draining: CancellationToken,
    /// Cancelled when open connections are to be cut.
    cut: CancellationToken,
}

impl Endpoint {
    pub(crate) fn new(
        core: &Arc<Core>,
        options: HttpOptions,
        stopping: &CancellationToken,
    ) -> Self {
        let cut = stopping.child_token();
        let config = options.config().with_cancellation_token(cut.clone());
        let sessions = Sessions::new(options.idle, options.max_sessions, options.retry);
        let core = Arc::clone(core);
        let mcp = StreamableHttpService::new(
            move || Ok(Bridge::new(Arc::clone(&core))),
            Arc::new(sessions.clone()),
            config,
        );
        Self {
            mcp,
            sessions,
            options,
            in_flight: TaskTracker::new(),
            draining: CancellationToken::new(),
            cut,
        }
    }

    pub(crate) fn options(&self) -> &HttpOptions {
        &self.options
    }

    /// Takes no new request, waits for the answers of those that are here, for as long as the grace
    /// lasts, and then ends every stream and session.
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
                "cut off: not answered within {:?}",
                self.options.grace
            );
        }
        self.cut.cancel();
    }

    async fn answer(&self, request: Request<Body>) -> Response<Body> {
        if self.draining.is_cancelled() || self.cut.is_cancelled() {
            return unavailable("the server stops");
        }
        let until_answered = (!is_endless(&request)).then(|| self.in_flight.token());
        let session = request.headers().get(SESSION).cloned();
        let principal = request.extensions().get::<Principal>().cloned();
        // Whoever learns of another's session is told what they would be told of none.
        if let Some(session) = &session
            && !self.sessions.is_of(session, principal.as_ref())
        {
            return plain(StatusCode::NOT_FOUND, "there is no such session");
        }
        let response = if request.method() == Method::POST {
            self.post(request).await
        } else {
            let ends_session = request.method() == Method::DELETE;
            let mut response = self.mcp.handle(request).await.map(Body::new);
            // It is done and not merely accepted: clients warn of a 202.
            if ends_session && response.status() == StatusCode::ACCEPTED {
                *response.status_mut() = StatusCode::NO_CONTENT;
            }
            response
        };
        if let Some(begun) = response.headers().get(SESSION) {
            self.sessions.belongs_to(begun, principal);
        }
        // What came in between the library's look at a session and its use of it.
        if response.status() == StatusCode::INTERNAL_SERVER_ERROR {
            if self.cut.is_cancelled() {
                return unavailable("the server stops");
            }
            if session.is_none() && self.sessions.are_full() {
                return unavailable("there are too many sessions");
            }
            if session.is_some_and(|session| !self.sessions.has(&session)) {
                return plain(StatusCode::NOT_FOUND, "the session has ended");
            }
        }
        response.map(|body| {
            Body::new(Tracked {
                body,
                until_answered,
            })
        })
    }

    async fn post(&self, request: Request<Body>) -> Response<Body> {
        let is_json = is_json(request.headers());
        let (mut parts, body) = request.into_parts();
        let body = match axum::body::to_bytes(body, self.options.max_body_bytes).await {
            Ok(body) => body,
            Err(error) => return unreadable(&error, self.options.max_body_bytes),
        };
        if !self.options.require_task_name
            && !parts.headers.contains_key(NAME)
            && let Some(name) = task_name(&parts.headers, &body)
        {
            parts.headers.insert(NAME, name);
        }
        let request = Request::from_parts(parts, Body::from(body.clone()));
        let response = self.mcp.handle(request).await;
        // The library says so of every body that is none of its messages.
        if is_json && response.status() == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            return refusal(&body);
        }
        response.map(Body::new)
    }
}

/// Whether the answer is a stream that ends only with the client or the server.
fn is_endless(request: &Request<Body>) -> bool {
    let listens = || {
        let method = request.headers().get(METHOD);
        method.is_some_and(|method| method == "subscriptions/listen")
    };
    request.method() == Method::GET || listens()
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    kind.and_then(|kind| kind.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// What the header `Mcp-Name` of a request about a task would be.
fn task_name(headers: &HeaderMap, body: &Bytes) -> Option<HeaderValue> {
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
    // SEP-2243 writes in base64 what a header cannot hold; that is always right.
    HeaderValue::try_from(format!("=?base64?{}?=", base64(id.as_bytes()))).ok()
}

fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

fn unavailable(text: &'static str) -> Response<Body> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, text);
    let soon = HeaderValue::from_static("1");
    response.headers_mut().insert(RETRY_AFTER, soon);
    response
}

fn json_error(status: StatusCode, error: &JsonRpcError) -> Response<Body> {
    let Ok(body) = serde_json::to_vec(error) else {
        return plain(status, "the request was refused");
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The answer to a body that is no message.
fn refusal(body: &[u8]) -> Response<Body> {
    let error = match serde_json::from_slice::<RxJsonRpcMessage<RoleServer>>(body) {
        Err(error) => json_lines::refusal(body, &error),
        // It said what is wrong with the message, but not to us.
        Ok(_) => return plain(StatusCode::BAD_REQUEST, "the message was refused"),
    };
    json_error(StatusCode::BAD_REQUEST, &error)
}

fn unreadable(error: &axum::Error, limit: usize) -> Response<Body> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            let mut response = plain(StatusCode::PAYLOAD_TOO_LARGE, "");
            *response.body_mut() = Body::from(format!("the body is longer than {limit} bytes"));
            return response;
        }
        cause = error.source();
    }
    tracing::debug!(%error, "a body broke off");
    plain(StatusCode::BAD_REQUEST, "the body broke off")
}

impl HttpService {
    pub(crate) fn new(endpoint: Arc<Endpoint>) -> Self {
        Self(endpoint)
    }

    /// How many sessions there are of clients from before revision 2026-07-28.
    pub fn sessions(&self) -> usize {
        self.0.sessions.count()
    }
}

impl<B> Service<Request<B>> for HttpService
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let endpoint = Arc::clone(&self.0);
        let request = request.map(Body::new);
        Box::pin(async move { Ok(endpoint.answer(request).await) })
    }
}

impl fmt::Debug for HttpService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpService")
            .field("options", &self.0.options)
            .field("sessions", &self.sessions())
            .finish_non_exhaustive()
    }
}

pin_project! {
    /// A body that counts as in flight until it is written, or its client is gone.
    struct Tracked {
        #[pin]
        body: Body,
        until_answered: Option<TaskTrackerToken>,
    }
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, axum::Error>>> {
        self.project().body.poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> http_body::SizeHint {
        self.body.size_hint()
    }
}
