//! [`Endpoint`]: handles HTTP requests, and drains them when the server stops.

#[cfg(feature = "auth")]
pub(crate) mod authorized;
pub(crate) mod beside;

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use rmcp::model::RequestId;
use rmcp::transport::StreamableHttpService;
use rmcp::transport::streamable_http_server::session::SessionStore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

#[cfg(feature = "auth")]
use crate::component::dispatch::Dispatcher;
use crate::principal::Principal;
use crate::protocol::connection::{Connection, ProtocolServer};
use crate::protocol::handler::{Handler, handler};
use crate::protocol::request::InvalidParams;
use crate::protocol::task_filter;
use crate::store::Store;
use crate::transport::http::access::Access;
#[cfg(feature = "auth")]
use crate::transport::http::authorization::Authorization;
use crate::transport::http::body_memory::{BodyMemory, CountedBytes};
use crate::transport::http::cors;
use crate::transport::http::fast_calls::{FastCalls, RunningCall};
use crate::transport::http::find_session::find_session;
use crate::transport::http::health::Health;
use crate::transport::http::keep_alive::{KeepAliveBody, is_event_stream};
use crate::transport::http::options::HttpOptions;
use crate::transport::http::outstanding::{CountedBody, Outstanding};
use crate::transport::http::request_body::{BodyLimits, NO_MEMORY};
use crate::transport::http::request_head::{
    METHOD, NAME, SESSION, check_media_types, is_endless, task_name,
};
use crate::transport::http::response::{
    Refusal, as_json_rpc, declare_events, invalid_message, refusal, refusal_of, session_not_found,
    unavailable, unfit_cursor, unfit_initialize,
};
use crate::transport::http::sessions::Sessions;
use crate::transport::http::shared_sessions::{LibraryStore, SharedSessions};
use crate::transport::http::stream_limits::StreamLimits;
use crate::transport::http::tracked_body::{Held, TrackedBody};
use crate::transport::json_lines::scan::ScannedMessage;
use crate::transport::message_size;

/// The time after which a message counts as parsed, so that only its handler still runs.
const PARSING_TIME: Duration = Duration::from_secs(1);

const STOPPING: &str = "the server is shutting down";

/// The HTTP layer of a server, shared by all services and listeners.
pub(crate) struct Endpoint {
    mcp: StreamableHttpService<Handler, Sessions>,
    sessions: Sessions,
    /// The requests that need no protocol library; `None` if all go to it.
    fast_calls: Option<FastCalls>,
    /// The open `subscriptions/listen` streams.
    streams: Arc<StreamLimits>,
    /// The memory of all request bodies.
    bodies: Arc<BodyMemory>,
    access: Arc<Access>,
    #[cfg(feature = "auth")]
    authorization: Option<Arc<Authorization>>,
    #[cfg(feature = "auth")]
    dispatcher: Arc<Dispatcher>,
    /// Answers probes; `None` if they are disabled.
    pub(crate) health: Option<Health>,
    /// The page that is served next to the server.
    #[cfg(feature = "dashboard")]
    pub(crate) page: std::sync::OnceLock<crate::transport::http::page::Page>,
    max_values: usize,
    options: HttpOptions,
    /// The requests in flight.
    in_flight: TaskTracker,
    /// Cancelled when the endpoint stops accepting requests.
    draining: CancellationToken,
    /// Cancelled when the endpoint closes all streams and sessions.
    closed: CancellationToken,
}

impl Endpoint {
    /// Creates the endpoint. With `store`, the replicas of the server share the sessions that are in it.
    pub(crate) fn new(
        server: Arc<ProtocolServer>,
        options: HttpOptions,
        store: Option<Store>,
        stopping: &CancellationToken,
    ) -> Self {
        let closed = stopping.child_token();
        let max_values = server.dispatcher.settings.max_values;
        #[cfg(feature = "auth")]
        let dispatcher = Arc::clone(&server.dispatcher);
        let draining = CancellationToken::new();
        let health = Health::new(&server.dispatcher, &options, &draining);
        let mut config = options.config().with_cancellation_token(closed.clone());
        let server_name = &server.dispatcher.identity.name;
        let shared = store.filter(|_| options.sessions).map(|store| {
            let shared = SharedSessions::new(store, server_name, options.idle);
            Arc::new(shared)
        });
        config.session_store = shared.clone().map(|shared| {
            let caller = Sessions::caller;
            Arc::new(LibraryStore { shared, caller }) as Arc<dyn SessionStore>
        });
        let sessions = Sessions::new(&options, shared, closed.clone());
        let fast_calls = FastCalls::new(&server, &options, &sessions, &closed);
        let mcp = StreamableHttpService::new(
            move || Ok(handler(Connection::new(Arc::clone(&server)))),
            Arc::new(sessions.clone()),
            config,
        );
        Self {
            mcp,
            sessions,
            fast_calls,
            streams: StreamLimits::new(
                options.max_subscriptions,
                options.max_subscriptions_per_principal,
            ),
            // A single body always fits.
            bodies: BodyMemory::new(options.max_body_memory.max(options.max_body_bytes)),
            access: Arc::new(Access::new(&options)),
            #[cfg(feature = "auth")]
            authorization: None,
            #[cfg(feature = "auth")]
            dispatcher,
            health,
            #[cfg(feature = "dashboard")]
            page: std::sync::OnceLock::new(),
            max_values,
            options,
            in_flight: TaskTracker::new(),
            draining,
            closed,
        }
    }

    pub(crate) fn options(&self) -> &HttpOptions {
        &self.options
    }

    pub(crate) fn access(&self) -> &Arc<Access> {
        &self.access
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

    /// Responds to a request, and lets the web pages of allowed origins read the response.
    pub(crate) async fn respond(self: &Arc<Self>, request: Request<Body>) -> Response<Body> {
        let origin = self.access.allowed_origin(request.headers());
        let response = if cors::is_preflight(&request) {
            cors::preflight(&self.access, request)
        } else {
            self.answer(request).await
        };
        cors::allow(response, origin)
    }

    fn body_limits(&self) -> BodyLimits {
        BodyLimits {
            bytes: self.options.max_body_bytes,
            time: self.options.body_timeout,
        }
    }

    async fn answer(self: &Arc<Self>, request: Request<Body>) -> Response<Body> {
        let limits = self.body_limits();
        let (mut parts, body) = request.into_parts();
        let admitted = async {
            self.check(&mut parts).await?;
            find_session(&self.sessions, &parts).await?;
            self.admit(&mut parts)
        };
        let admitted = admitted.await;
        let mut held = match admitted {
            Ok(held) => held,
            Err(refused) => {
                limits.discard(&parts.headers, body);
                return *refused;
            }
        };
        let response = if parts.method == Method::POST {
            let mut memory = self.bodies.begin();
            match limits.read(&parts.headers, body, &mut memory).await {
                Ok(body) => {
                    let response = self.post(parts, body, &mut memory).await;
                    memory.parsed();
                    // The handler of an event stream may still run, with its arguments.
                    held.body = is_event_stream(response.headers()).then_some(memory);
                    response
                }
                Err(refused) => return *refused,
            }
        } else {
            Box::pin(Arc::clone(self).handle(parts, Bytes::new())).await
        };
        response.map(|body| Body::new(TrackedBody::new(body, held)))
    }

    /// Checks the origin and the caller of a request before anything else, so that the response to a request
    /// without a token contains only where to get one.
    async fn check(&self, parts: &mut Parts) -> Result<(), Refusal> {
        if self.draining.is_cancelled() || self.closed.is_cancelled() {
            return Err(unavailable(None, STOPPING).into());
        }
        self.access
            .check(parts)
            .map_err(|(status, text)| Box::new(refusal(status, text)))?;
        #[cfg(feature = "auth")]
        if let Some(authorization) = &self.authorization {
            authorization.authenticate(parts).await?;
        }
        Ok(())
    }

    /// Checks a request before its body is read.
    fn admit(&self, parts: &mut Parts) -> Result<Held, Refusal> {
        let principal = parts.extensions.get::<Principal>().cloned();
        // The session of another caller gets the response for an unknown session, so that nobody
        // can find out which IDs exist.
        if let Some(session) = parts.headers.get(SESSION) {
            let is_found = match self.sessions.named(session) {
                Some(session) => session.is_owned_by(principal.as_ref()),
                // The library reports the others, except for the end of a session.
                None => !self.options.sessions || parts.method != Method::DELETE,
            };
            if !is_found {
                return Err(session_not_found(None).into());
            }
        }
        check_media_types(parts, self.options.sessions)?;
        let mut held = Held::default();
        // Endless streams do not count as in flight: they would exhaust every grace period.
        if !is_endless(parts) {
            held.in_flight = Some(self.in_flight.token());
        } else if parts.method == Method::POST {
            let stream = self.streams.open(principal);
            held.stream = Some(stream.ok_or_else(|| {
                let text = "too many open `subscriptions/listen` streams";
                Box::new(unavailable(None, text))
            })?);
        }
        Ok(held)
    }

    /// Responds to a message. `memory` counts its body.
    async fn post(
        self: &Arc<Self>,
        mut parts: Parts,
        body: Bytes,
        memory: &mut CountedBytes,
    ) -> Response<Body> {
        match message_size::check(&body, self.max_values) {
            Ok(parsing) => {
                if memory.complete(body.len(), parsing).await.is_err() {
                    return unavailable(request_id(&body), NO_MEMORY);
                }
            }
            Err(error) => {
                let (status, id) = (StatusCode::BAD_REQUEST, request_id(&body));
                return refusal_of(status, id, error.to_string());
            }
        }
        // It does not run before it is awaited.
        let fast_calls = self.fast_calls.as_ref();
        let fast_call = fast_calls.and_then(|calls| calls.start(&parts.headers, &body));
        if fast_call.is_none() {
            if !self.options.require_task_name
                && !parts.headers.contains_key(NAME)
                && let Some(name) = task_name(&parts.headers, &body)
            {
                parts.headers.insert(NAME, name);
            }
            if let Some(refused) = unfit_cursor(&body) {
                return refused;
            }
        }
        #[cfg(feature = "auth")]
        if let Some(authorization) = &self.authorization {
            let dispatcher = &self.dispatcher;
            let checked =
                authorization.check_scopes(&parts, &body, dispatcher, || request_id(&body));
            if let Err(refused) = checked {
                return *refused;
            }
        }
        if let Some(call) = fast_call {
            let response = Arc::clone(self).finish(call);
            let every = self.options.keep_alive;
            return within_keep_alive(Box::pin(response), &body, every, memory).await;
        }
        // The response to `initialize` has the session in a header, which cannot follow later.
        let is_initialize = self.options.sessions
            && ![SESSION, METHOD]
                .iter()
                .any(|name| parts.headers.contains_key(name));
        let response = Box::pin(Arc::clone(self).handle(parts, body.clone()));
        let every = self.options.keep_alive.filter(|_| !is_initialize);
        within_keep_alive(response, &body, every, memory).await
    }

    /// Waits for the answer to a call that needs no protocol library.
    async fn finish(self: Arc<Self>, call: RunningCall) -> Response<Body> {
        let RunningCall { id, answer } = call;
        tokio::select! {
            // A call that returns at once is not registered with the token.
            biased;
            response = answer => response,
            () = self.closed.cancelled() => unavailable(Some(id), STOPPING),
        }
    }

    /// Lets the library handle a request. All its refusals become JSON-RPC errors.
    async fn handle(self: Arc<Self>, mut parts: Parts, body: Bytes) -> Response<Body> {
        let method = parts.method.clone();
        let outstanding = Outstanding::new();
        // The streams of a session have a capacity of their own.
        parts.extensions.insert(outstanding.capacity());
        let session = parts.headers.get(SESSION).cloned();
        let principal = parts.extensions.get::<Principal>().cloned();
        #[cfg(feature = "telemetry")]
        crate::protocol::traced::set_origin(&mut parts);
        let invalid_params = InvalidParams::default();
        parts.extensions.insert(invalid_params.clone());
        let rewritten = is_endless(&parts).then(|| task_filter::rewrite(&body));
        let message = rewritten
            .flatten()
            .map_or_else(|| body.clone(), Bytes::from);
        let request = Request::from_parts(parts, Body::from(message));
        let response = Box::pin(self.mcp.handle(request));
        let response = Sessions::with_caller(principal.clone(), response).await;
        let mut response = response
            .map(|answer| Body::new(CountedBody::new(declare_events(answer, &body), outstanding)));
        if invalid_params.is_set() && response.status() == StatusCode::OK {
            *response.status_mut() = StatusCode::BAD_REQUEST;
        }
        // The library takes an unfit `initialize` request for one that lacks its session.
        if session.is_none()
            && response.status() == StatusCode::BAD_REQUEST
            && let Some(refused) = unfit_initialize(&body)
        {
            return refused;
        }
        match response.status() {
            // The library checks a session before it uses it. If the session ends in between, its
            // error is a plain 500.
            StatusCode::INTERNAL_SERVER_ERROR if self.closed.is_cancelled() => {
                unavailable(request_id(&body), STOPPING)
            }
            StatusCode::INTERNAL_SERVER_ERROR
                if session
                    .as_ref()
                    .is_none_or(|session| self.sessions.is_elsewhere(session))
                    && self.sessions.is_full(principal.as_ref()) =>
            {
                unavailable(request_id(&body), "too many sessions")
            }
            StatusCode::INTERNAL_SERVER_ERROR
                if session.is_some_and(|session| self.sessions.named(&session).is_none()) =>
            {
                session_not_found(request_id(&body))
            }
            // The library reports every body that is not a message as an unsupported media type.
            StatusCode::UNSUPPORTED_MEDIA_TYPE if method == Method::POST => invalid_message(&body),
            // The session has ended, not just been accepted for ending: some clients warn about
            // status 202.
            StatusCode::ACCEPTED if method == Method::DELETE => {
                *response.status_mut() = StatusCode::NO_CONTENT;
                response
            }
            status if status.is_success() => {
                let created = response.headers().get(SESSION);
                let session = created.and_then(|session| self.sessions.named(session));
                let is_primed = session.is_some_and(|session| session.is_primed());
                let first = is_primed.then(|| first_event(&self.options));
                KeepAliveBody::wrap(response, first, self.options.keep_alive)
            }
            _ => as_json_rpc(response, request_id(&body)).await,
        }
    }
}

/// Waits for a response, and turns it into an event stream if it takes longer than `every`, the time that
/// proxies wait. `memory` counts the body.
async fn within_keep_alive(
    mut response: BoxFuture<'static, Response<Body>>,
    body: &Bytes,
    every: Option<Duration>,
    memory: &mut CountedBytes,
) -> Response<Body> {
    let parsing_time = PARSING_TIME.min(every.unwrap_or(PARSING_TIME));
    if let Ok(response) = tokio::time::timeout(parsing_time, &mut response).await {
        return response;
    }
    // The call keeps its arguments, but not the tree that the library has parsed.
    memory.parsed();
    let Some(every) = every else {
        return response.await;
    };
    match tokio::time::timeout(every.saturating_sub(parsing_time), &mut response).await {
        Ok(response) => response,
        // Only a request has a response that can become an event.
        Err(_) if request_id(body).is_none() => response.await,
        Err(_) => KeepAliveBody::pending(response, every),
    }
}

/// Returns the first event of the response to `initialize`.
fn first_event(options: &HttpOptions) -> Bytes {
    let retry = options.retry.as_millis();
    format!("id: 0/initialize\nretry: {retry}\ndata:\n\n").into()
}

/// Returns the ID of the request in `body`; `None` if there is none.
fn request_id(body: &[u8]) -> Option<RequestId> {
    let message = ScannedMessage::scan(body);
    message.id.clone().filter(|_| !message.has_no_response())
}
