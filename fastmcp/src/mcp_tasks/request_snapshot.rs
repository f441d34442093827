//! The stored part of a request, which a task's tool can read long after the request has ended.
//!
//! A snapshot contains the `_meta` of the request, which is as much the client's own data as the arguments
//! are. It contains no connection, and of the headers only those that the server names: the docket may
//! be a store on the network that other people can read, and no list of secret headers would be complete.
//! A tool that needs the caller's token has to read it in a direct call.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::component::dispatch::Dispatcher;
use crate::context::answer_log::AnswerLog;
use crate::context::call_state::CallState;
use crate::context::input::InputCapabilities;
use crate::context::request::{Context, Request, Transport};
use crate::docket::current_execution::CurrentExecution;
use crate::mcp::{Implementation, ProtocolVersion};
use crate::mcp_tasks::docket_channel::DocketChannel;
use crate::principal::Principal;

/// The reason why the tool of a client without support for tasks cannot ask.
const NO_QUESTIONS: &str = "the client does not support tasks, and a call of this server that may outlive its request \
                            needs them to ask";

/// The payload of the execution behind a task.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) arguments: Map<String, Value>,
    pub(crate) request: RequestSnapshot,
}

/// The parts of a request that a tool can read.
#[derive(Serialize, Deserialize)]
pub(crate) struct RequestSnapshot {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<Implementation>,
    /// The `_meta` of the request, without the keys that only concern the request.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    meta: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protocol: Option<ProtocolVersion>,
    /// The allowed headers of the HTTP request; `None` for other transports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<StoredPrincipal>,
    /// The kinds of questions that the client supports.
    abilities: InputCapabilities,
    /// `true` if the client does not support tasks, so that nobody can answer a question of the task.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    fallback: bool,
}

/// The caller of the request.
#[derive(Serialize, Deserialize)]
struct StoredPrincipal {
    subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    issuer: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    claims: Map<String, Value>,
}

impl StoredPrincipal {
    fn of(principal: &Principal) -> Self {
        Self {
            subject: principal.subject().to_owned(),
            issuer: principal.issuer().map(ToOwned::to_owned),
            client: principal.client().map(ToOwned::to_owned),
            scopes: principal.scopes().map(ToOwned::to_owned).collect(),
            claims: principal.raw_claims().clone(),
        }
    }

    #[cfg(feature = "http")]
    fn restore(self) -> Principal {
        let mut principal = Principal::new(self.subject)
            .with_scopes(self.scopes)
            .with_claims(self.claims);
        if let Some(issuer) = self.issuer {
            principal = principal.with_issuer(issuer);
        }
        if let Some(client) = self.client {
            principal = principal.with_client(client);
        }
        principal
    }
}

impl Payload {
    /// Captures a request. Of its headers, only `allowed_headers` are captured.
    pub(crate) fn of(
        arguments: Map<String, Value>,
        context: &Context,
        allowed_headers: &[String],
        fallback: bool,
    ) -> Self {
        Self {
            arguments,
            request: RequestSnapshot {
                id: context.request_id().to_owned(),
                principal: context.principal().map(StoredPrincipal::of),
                client: context.client_info().cloned(),
                meta: kept_meta(context.meta()),
                protocol: context.protocol_version().cloned(),
                headers: headers(context, allowed_headers),
                abilities: context.input_capabilities(),
                fallback,
            },
        }
    }
}

impl RequestSnapshot {
    /// Restores the request. Questions go to `answer_log` and progress goes to the docket, because
    /// the client is no longer connected.
    pub(crate) fn into_request(
        self,
        dispatcher: &Arc<Dispatcher>,
        execution: &CurrentExecution,
        answer_log: &Arc<AnswerLog>,
    ) -> Request {
        Request {
            state: Arc::new(CallState::with_token(&self.id, execution.cancellation())),
            server: Arc::clone(&dispatcher.identity.name),
            client: self.client.map(Arc::new),
            meta: Arc::new(self.meta),
            protocol: self.protocol,
            #[cfg(feature = "http")]
            http: self
                .headers
                .map(|headers| Arc::new(parts(headers, self.principal))),
            trace: execution.trace().cloned(),
            client_channel: Arc::new(DocketChannel {
                progress: execution.progress(),
            }),
            transport: Transport::Background,
            input_capabilities: self.abilities,
            asking_refused: self.fallback.then_some(NO_QUESTIONS),
            answer_log: Some(Arc::clone(answer_log)),
            nested: false,
            session: None,
            server_handle: Some(Arc::clone(dispatcher) as _),
        }
    }
}

/// Returns the keys that still mean something after the request: neither its progress token nor the
/// protocol's own keys.
fn kept_meta(meta: &Map<String, Value>) -> Map<String, Value> {
    let is_kept =
        |key: &str| key != "progressToken" && !key.starts_with("io.modelcontextprotocol/");
    let kept = meta.iter().filter(|(key, _)| is_kept(key));
    kept.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

#[cfg(feature = "http")]
fn headers(context: &Context, allowed: &[String]) -> Option<Vec<(String, String)>> {
    let parts = context.http()?;
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        let is_allowed = allowed.iter().any(|allowed| allowed == name.as_str());
        // A layer may have marked a value as secret, whatever its name is.
        let value = value
            .to_str()
            .ok()
            .filter(|_| is_allowed && !value.is_sensitive())?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    Some(headers.collect())
}

#[cfg(not(feature = "http"))]
fn headers(_: &Context, _: &[String]) -> Option<Vec<(String, String)>> {
    None
}

/// Rebuilds the parts of the HTTP request from its headers and its principal.
#[cfg(feature = "http")]
fn parts(
    headers: Vec<(String, String)>,
    principal: Option<StoredPrincipal>,
) -> axum::http::request::Parts {
    use axum::http::{HeaderName, HeaderValue, Request};

    let (mut parts, ()) = Request::new(()).into_parts();
    for (name, value) in headers {
        // Both conversions succeed, because the strings come from valid headers.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            parts.headers.append(name, value);
        }
    }
    if let Some(principal) = principal {
        parts.extensions.insert(principal.restore());
    }
    parts
}
