//! [`FastCalls`]: the requests that are answered without the protocol library.
//!
//! The [fast path](crate::protocol::fast_path) reads the message, and this module the headers. The endpoint has
//! checked the access, the media types and the size of the body before, as for every request.
//!
//! | the header | accepted in protocol 2026-07-28 | accepted before |
//! |---|---|---|
//! | `MCP-Protocol-Version` | `2026-07-28` | absent, or a revision before it |
//! | `Mcp-Method` | `tools/call` | any |
//! | `Mcp-Name` | the name of the tool, not encoded | any |
//! | `Mcp-Session-Id` | absent | absent without sessions; else that of an open session, unless replicas share it |
//!
//! Every other request goes to the protocol library, and so does a call of a tool with arguments that are also
//! headers (`Mcp-Param-*`).

use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use bytes::{Buf, Bytes};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::{ErrorCode, ProtocolVersion, RequestId};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::protocol::connection::ProtocolServer;
use crate::protocol::fast_path::answer::{Answer, Revision};
use crate::protocol::fast_path::{FastCall, FastPath, Lifecycle};
use crate::transport::http::keep_alive::event_stream;
use crate::transport::http::options::HttpOptions;
use crate::transport::http::request_head::{METHOD, NAME, SESSION, VERSION};
use crate::transport::http::session::Session;
use crate::transport::http::session_calls::SessionCalls;
use crate::transport::http::sessions::Sessions;

/// The key of a schema that names the header of an argument (SEP-2243).
const HEADER_KEY: &str = "x-mcp-header";

/// The initial capacity of a response, enough for a short result.
const MESSAGE_CAPACITY: usize = 256;

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A call that runs. Dropping it cancels the call.
pub(crate) struct RunningCall {
    pub(crate) id: RequestId,
    pub(crate) answer: BoxFuture<'static, Response<Body>>,
}

/// Accepts common requests.
pub(crate) struct FastCalls {
    path: Arc<FastPath>,
    server: Arc<ProtocolServer>,
    /// True if requests before protocol 2026-07-28 belong to sessions.
    has_sessions: bool,
    /// True if responses are JSON, and not event streams.
    answers_json: bool,
    sessions: Sessions,
    session_calls: SessionCalls,
    /// The tools with arguments that are also headers. Computed at the first request, because a
    /// server without requests over HTTP does not need them.
    with_headers: OnceLock<HashSet<&'static str>>,
}

impl FastCalls {
    /// Returns `None` if the fast path is off.
    pub(crate) fn new(
        server: &Arc<ProtocolServer>,
        options: &HttpOptions,
        sessions: &Sessions,
        closed: &CancellationToken,
    ) -> Option<Self> {
        let path = server.fast_path.as_ref()?;
        Some(Self {
            path: Arc::clone(path),
            sessions: sessions.clone(),
            session_calls: SessionCalls::new(Arc::clone(path), options, closed.clone()),
            server: Arc::clone(server),
            has_sessions: options.sessions,
            answers_json: options.json_answers,
            with_headers: OnceLock::new(),
        })
    }

    /// Starts the call that a request makes. `None` if the protocol library has to handle the request.
    pub(crate) fn start(&self, headers: &HeaderMap, body: &[u8]) -> Option<RunningCall> {
        let session = match headers.get(SESSION) {
            // The library restores sessions that other replicas have, and forwards messages to them.
            Some(id) if self.has_sessions && self.sessions.shared().is_none() => {
                Some(self.sessions.named(id)?)
            }
            Some(_) => return None,
            None => None,
        };
        let mut call = self.accept(headers, body, session.as_ref())?;
        call.trace.set_http(|name| headers.get(name)?.to_str().ok());
        let (id, revision) = (call.id.clone(), call.revision);
        if let Some(session) = session {
            let answer = self.session_calls.start(session, call)?.boxed();
            return Some(RunningCall { id, answer });
        }
        let answer = self.path.run(call);
        let answers_json = self.answers_json;
        let answer = Box::pin(async move { response(answer.await, revision, answers_json) });
        Some(RunningCall { id, answer })
    }

    /// Returns the call that a request makes.
    fn accept(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        session: Option<&Arc<Session>>,
    ) -> Option<FastCall> {
        let current = ProtocolVersion::STANDARD_HEADERS;
        let is_current = match header(headers, &VERSION) {
            Header::Text(version) if version == current.as_str() => true,
            Header::Text(version) if is_earlier(version) => false,
            Header::Missing => false,
            _ => return None,
        };
        let is_fit = match session {
            Some(session) => !is_current && session.is_initialized(),
            None => is_current || !self.has_sessions,
        };
        if !is_fit {
            return None;
        }
        let lifecycle = if is_current {
            Lifecycle::PerRequest
        } else {
            Lifecycle::Session(None)
        };
        let call = self.path.accept(body, lifecycle)?;
        let name = call.tool.entry.entry.name;
        let is_consistent = match call.revision {
            Revision::Session => !is_current,
            Revision::V20260728 => {
                is_current
                    && header(headers, &METHOD) == Header::Text("tools/call")
                    && header(headers, &NAME) == Header::Text(name)
                    && !self.with_headers().contains(name)
            }
        };
        is_consistent.then_some(call)
    }

    fn with_headers(&self) -> &HashSet<&'static str> {
        self.with_headers.get_or_init(|| {
            let registry = &self.server.dispatcher.registry;
            let has_headers = |name: &&str| {
                let tool = registry.listing(name);
                tool.is_none_or(|tool| tool.input_schema.values().any(names_header))
            };
            registry.tool_names().filter(has_headers).collect()
        })
    }
}

/// Returns the response with this answer, as the protocol library would return it.
fn response(answer: Answer, revision: Revision, answers_json: bool) -> Response<Body> {
    const START: &[u8] = b"data: ";
    let mut message = Vec::with_capacity(MESSAGE_CAPACITY);
    message.extend_from_slice(START);
    let error = answer.write(&mut message);
    let status = match error {
        Some(code) if revision == Revision::V20260728 => status_of(ErrorCode(code)),
        _ => StatusCode::OK,
    };
    if answers_json || status != StatusCode::OK {
        let mut message = Bytes::from(message);
        message.advance(START.len());
        let mut response = Response::new(Body::from(message));
        response.headers_mut().insert(CONTENT_TYPE, JSON);
        *response.status_mut() = status;
        return response;
    }
    message.extend_from_slice(b"\n\n");
    event_stream(Body::from(message))
}

/// Returns the status of an error in protocol 2026-07-28.
fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::UNSUPPORTED_PROTOCOL_VERSION
        | ErrorCode::MISSING_REQUIRED_CLIENT_CAPABILITY
        | ErrorCode::HEADER_MISMATCH => StatusCode::BAD_REQUEST,
        ErrorCode::METHOD_NOT_FOUND => StatusCode::NOT_FOUND,
        _ => StatusCode::OK,
    }
}

/// A header that may occur once.
#[derive(PartialEq)]
enum Header<'a> {
    Missing,
    Text(&'a str),
    /// It is repeated or not text.
    Unfit,
}

/// Reads a header that may occur once.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Header<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Header::Missing,
        (Some(value), None) => value.to_str().map_or(Header::Unfit, Header::Text),
        (Some(_), Some(_)) => Header::Unfit,
    }
}

/// Returns whether this is a known revision whose requests need no metadata.
fn is_earlier(version: &str) -> bool {
    version < ProtocolVersion::STANDARD_HEADERS.as_str()
        && ProtocolVersion::KNOWN_VERSIONS
            .iter()
            .any(|known| known.as_str() == version)
}

/// Returns whether a schema, or a part of it, names a header.
fn names_header(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => {
            members.contains_key(HEADER_KEY) || members.values().any(names_header)
        }
        Value::Array(items) => items.iter().any(names_header),
        _ => false,
    }
}
