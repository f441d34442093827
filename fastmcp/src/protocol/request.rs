//! One request: what its handler may know and do, the rounds that it may take, and its end.

use std::sync::{Arc, PoisonError};

use rmcp::RoleServer;
use rmcp::model::{
    ErrorCode, ErrorData, InputRequiredResult, InputResponses, JsonObject, PaginatedRequestParams,
    ProtocolVersion,
};
use rmcp::service::RequestContext;

use crate::component::dispatch::RequestError;
use crate::context::answer_log::AnswerLog;
use crate::context::request::{Context, Request, Transport};
use crate::docket::model::submission::TraceContext;
use crate::protocol::client_channel;
use crate::protocol::client_channel::PeerLink;
use crate::protocol::convert::into_error;
use crate::protocol::handler::{Answer, Bridge};
use crate::protocol::pagination::page;
use crate::protocol::request_state::Round;

impl Bridge {
    /// What the handler of a request may know and do. Where it asks by rounds, `journal` has what
    /// earlier ones have learnt.
    pub(crate) fn context(
        &self,
        context: &mut RequestContext<RoleServer>,
        journal: Option<Arc<AnswerLog>>,
    ) -> Context {
        let protocol = context.protocol_version();
        let of_rounds = is_of_rounds(context);
        // From 2026-07-28 on, a request says itself whether it wants log messages; before, a
        // client that does not say gets them all.
        let of_session = || {
            *self
                .log_level
                .read()
                .unwrap_or_else(PoisonError::into_inner)
        };
        let log_level = match context.meta.log_level() {
            Some(level) => Some(client_channel::from_wire(level)),
            None => (!of_rounds).then(of_session),
        };
        #[cfg(feature = "http")]
        let http = context
            .extensions
            .remove::<axum::http::request::Parts>()
            .map(Arc::new);
        #[cfg(feature = "http")]
        let (is_http, session_id) = (
            http.is_some(),
            http.as_ref()
                .and_then(|parts| parts.headers.get("mcp-session-id")?.to_str().ok()),
        );
        #[cfg(not(feature = "http"))]
        let (is_http, session_id) = (false, None);
        let in_session = !of_rounds && (!is_http || session_id.is_some());
        let session = in_session.then(|| self.session.with_id(session_id));
        Context::new(Request {
            id: context.id.to_string(),
            server: Arc::clone(&self.core.identity.name),
            client: context.client_info(),
            protocol,
            #[cfg(feature = "http")]
            http,
            trace: context.meta.get_traceparent().map(|parent| TraceContext {
                traceparent: parent.to_owned(),
                tracestate: context.meta.get_tracestate().map(ToOwned::to_owned),
            }),
            client_channel: Arc::new(PeerLink {
                peer: context.peer.clone(),
                progress_token: context.meta.get_progress_token(),
                log_level,
                silent: of_rounds
                    .then_some("protocol 2026-07-28 has no questions in a request of this kind"),
            }),
            transport: if is_http {
                Transport::Http
            } else {
                Transport::Stream
            },
            input_capabilities: client_channel::abilities(context.client_capabilities().as_ref()),
            answer_log: journal,
            nested: false,
            session,
            server_handle: Some(Arc::clone(&self.core) as _),
            cancellation: context.ct.clone(),
        })
    }

    /// The round that a request is, if it may take several. Only then does anybody need to know what
    /// it is bound to.
    pub(crate) fn round(
        context: &RequestContext<RoleServer>,
        method: &str,
        name: &str,
        arguments: &JsonObject,
    ) -> Option<Round> {
        let caller = || caller_of(context);
        is_of_rounds(context).then(|| Round::new(method, name, arguments, caller().as_deref()))
    }

    /// Runs `call` for a request that may take several rounds; what the client has to send before
    /// the next one, if it does.
    pub(crate) async fn in_rounds<T, F>(
        &self,
        mut context: RequestContext<RoleServer>,
        round: Option<Round>,
        state: Option<String>,
        responses: Option<InputResponses>,
        call: impl FnOnce(Context) -> F,
    ) -> Answer<Result<T, InputRequiredResult>>
    where
        F: Future<Output = Result<T, RequestError>>,
    {
        let seal = &self.core.seal;
        let journal = match &round {
            Some(round) => {
                let opened = round.open(seal, state.as_deref(), responses);
                Some(opened.map_err(|_| {
                    ErrorData::invalid_params("the request state is not of this request", None)
                })?)
            }
            None => None,
        };
        let answer = call(self.context(&mut context, journal.clone()));
        let answer = unless_cancelled(context, answer).await?;
        match (answer, round.zip(journal)) {
            (Err(RequestError::Suspended), Some((round, journal))) => {
                let required = round.close(seal, &journal.state());
                required.map(Err).map_err(|error| {
                    tracing::error!(%error, "a question cannot be put to the client");
                    ErrorData::internal_error("a question cannot be put to the client", None)
                })
            }
            (answer, _) => answer.map(Ok).map_err(into_error),
        }
    }

    /// One page of a list.
    pub(crate) fn page<T>(
        &self,
        items: Vec<T>,
        name: impl Fn(&T) -> &str,
        request: Option<PaginatedRequestParams>,
    ) -> Answer<(Vec<T>, Option<String>)> {
        let cursor = request.and_then(|request| request.cursor);
        page(items, name, cursor.as_deref(), self.core.page_size)
            .map_err(|_| ErrorData::invalid_params("this server gave no such cursor", None))
    }
}

/// Whether the request speaks the protocol in which a client is asked by rounds.
pub(crate) fn is_of_rounds(context: &RequestContext<RoleServer>) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Who sent the request, as far as an HTTP layer has established it: what one caller was asked,
/// another one cannot answer.
#[cfg(feature = "http")]
pub(crate) fn caller_of(context: &RequestContext<RoleServer>) -> Option<String> {
    let parts = context.extensions.get::<axum::http::request::Parts>()?;
    let principal = parts.extensions.get::<crate::principal::Principal>()?;
    Some(principal.subject().to_owned())
}

/// Without HTTP nobody is known.
#[cfg(not(feature = "http"))]
pub(crate) fn caller_of(_: &RequestContext<RoleServer>) -> Option<String> {
    None
}

/// Waits for an answer, unless the client takes its request back or is gone: then the handler's
/// future is dropped where it stands.
pub(crate) async fn unless_cancelled<T>(
    context: RequestContext<RoleServer>,
    answer: impl Future<Output = Result<T, RequestError>>,
) -> Answer<Result<T, RequestError>> {
    tokio::select! {
        answer = answer => Ok(answer),
        () = context.ct.cancelled() => {
            Err(ErrorData::new(ErrorCode::INTERNAL_ERROR, "the request was cancelled", None))
        }
    }
}
