//! What travels with a task: the arguments, and what a tool may read of the request, long after it is over.
//!
//! Never a live connection, and no secrets: a docket may be a store on the network, and what lies there can be read by
//! whoever reads that. Headers that say who is calling by a secret are left out, so a tool that needs them reads them
//! in a call that is no task.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::component::dispatch::Core;
use crate::context::answer_log::AnswerLog;
use crate::context::client_channel::{ClientChannel, LogLevel};
use crate::context::input::{InputCapabilities, InputError, Question};
use crate::context::request::{Context, Request, Transport};
use crate::docket::current_execution::CurrentExecution;
use crate::docket::model::progress::ProgressReport;
use crate::docket::progress::Progress;
use crate::mcp::{Implementation, ProtocolVersion};
use futures_util::future::BoxFuture;

/// The payload of a task's execution.
#[derive(Serialize, Deserialize)]
pub(crate) struct Payload {
    pub(crate) arguments: Map<String, Value>,
    pub(crate) request: Captured,
}

/// What is kept of a request.
#[derive(Serialize, Deserialize)]
pub(crate) struct Captured {
    id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client: Option<Implementation>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    protocol: Option<ProtocolVersion>,
    /// The headers of the HTTP request; `None` where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    headers: Option<Vec<(String, String)>>,
    /// The subject of its principal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    principal: Option<String>,
    /// What the client can be asked for.
    abilities: InputCapabilities,
}

impl Payload {
    pub(crate) fn of(arguments: Map<String, Value>, context: &Context) -> Self {
        Self {
            arguments,
            request: Captured {
                id: context.request_id().to_owned(),
                principal: context.caller_scope().map(ToOwned::to_owned),
                client: context.client_info().cloned(),
                protocol: context.protocol_version().cloned(),
                headers: headers(context),
                abilities: context.input_capabilities(),
            },
        }
    }
}

impl Captured {
    /// The request as it was, with the docket in the place of its client: what is asked goes into `journal`.
    pub(crate) fn into_request(
        self,
        core: &Arc<Core>,
        delivery: &CurrentExecution,
        journal: &Arc<AnswerLog>,
    ) -> Request {
        Request {
            id: self.id,
            server: Arc::clone(&core.identity.name),
            client: self.client,
            protocol: self.protocol,
            #[cfg(feature = "http")]
            http: self
                .headers
                .map(|headers| Arc::new(parts(headers, self.principal))),
            trace: delivery.trace().cloned(),
            client_channel: Arc::new(DocketLink {
                progress: delivery.progress(),
            }),
            transport: Transport::Background,
            input_capabilities: self.abilities,
            answer_log: Some(Arc::clone(journal)),
            nested: false,
            session: None,
            server_handle: Some(Arc::clone(core) as _),
            cancellation: delivery.cancellation(),
        }
    }
}

/// The headers by which a request proves who it is from.
#[cfg(feature = "http")]
const SECRET: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "mcp-session-id",
];

#[cfg(feature = "http")]
fn headers(context: &Context) -> Option<Vec<(String, String)>> {
    let parts = context.http()?;
    let headers = parts.headers.iter().filter_map(|(name, value)| {
        let is_secret = value.is_sensitive() || SECRET.contains(&name.as_str());
        let value = value.to_str().ok().filter(|_| !is_secret)?;
        Some((name.as_str().to_owned(), value.to_owned()))
    });
    Some(headers.collect())
}

#[cfg(not(feature = "http"))]
fn headers(_: &Context) -> Option<Vec<(String, String)>> {
    None
}

/// The parts of an HTTP request that had these headers and this caller. They were headers once: none is refused.
#[cfg(feature = "http")]
fn parts(headers: Vec<(String, String)>, principal: Option<String>) -> axum::http::request::Parts {
    use axum::http::{HeaderName, HeaderValue, Request};

    let (mut parts, ()) = Request::new(()).into_parts();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            parts.headers.append(name, value);
        }
    }
    if let Some(subject) = principal {
        parts
            .extensions
            .insert(crate::principal::Principal::new(subject));
    }
    parts
}

/// The way from a running task to those who ask for it: what it says is in the docket, until they do.
struct DocketLink {
    progress: Progress,
}

impl ClientChannel for DocketLink {
    fn progress<'a>(
        &'a self,
        progress: f64,
        total: Option<f64>,
        message: Option<&'a str>,
    ) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let told = self.progress.report();
            let report = ProgressReport {
                done: whole(progress),
                total: total.map(whole).or(told.total),
                message: message.map(ToOwned::to_owned).or(told.message),
            };
            if let Err(error) = self.progress.set(report).await {
                tracing::debug!(%error, "the progress of a task was not written down");
            }
        })
    }

    /// Nobody listens while a task runs: what it logs is in the server's own log.
    fn log<'a>(&'a self, level: LogLevel, logger: &'a str, data: Value) -> BoxFuture<'a, ()> {
        let text = match &data {
            Value::String(text) => Cow::Borrowed(text.as_str()),
            data => Cow::Owned(data.to_string()),
        };
        match level {
            LogLevel::Debug => tracing::debug!(logger, "{text}"),
            LogLevel::Info | LogLevel::Notice => tracing::info!(logger, "{text}"),
            LogLevel::Warning => tracing::warn!(logger, "{text}"),
            _ => tracing::error!(logger, "{text}"),
        }
        Box::pin(std::future::ready(()))
    }

    /// A task has a journal, so nothing comes here.
    fn ask(&self, _: Question) -> BoxFuture<'_, Result<Value, InputError>> {
        let nobody = InputError::NotSupported("nobody waits for a task");
        Box::pin(std::future::ready(Err(nobody)))
    }
}

/// The whole steps of a count; what is none is nothing.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of a float ends at the bounds of the number"
)]
fn whole(count: f64) -> u64 {
    count as u64
}
