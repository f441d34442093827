//! Handles one request: builds its context, runs calls that take several round trips, and stops on
//! cancellation.

use std::sync::Arc;
#[cfg(feature = "http")]
use std::sync::atomic::{AtomicBool, Ordering};

use rmcp::model::{ErrorCode, ErrorData, InputResponses, JsonObject, ProtocolVersion, RequestId};

use crate::component::request_error::RequestError;
use crate::context::answer_log::AnswerLog;
use crate::context::call_state::CallState;
use crate::context::request::{Context, Request, Transport};
use crate::docket::model::submission::TraceContext;
use crate::protocol::caller::caller;
use crate::protocol::client_channel;
use crate::protocol::client_channel::PeerChannel;
use crate::protocol::connection::{Connection, RequestContext, Response};
use crate::protocol::convert::request_error_data;
use crate::protocol::recorded_rounds::{self, Earlier, RoundResponse};
use crate::protocol::request_state::Binding;
use crate::protocol::tasks;

/// A request whose call may ask the client and run again with the answers.
pub(crate) struct MultiRoundTrip {
    /// `None` for protocols before 2026-07-28, which ask on the open connection.
    binding: Option<Binding>,
    /// The signed state from the previous response.
    state: Option<String>,
    /// The answers to the questions of the previous response.
    answers: Option<InputResponses>,
}

impl MultiRoundTrip {
    pub(crate) fn new(
        context: &RequestContext,
        method: &str,
        name: &str,
        arguments: &JsonObject,
        (state, answers): (Option<String>, Option<InputResponses>),
    ) -> Self {
        let bind = || Binding::new(method, name, arguments, owner(context).as_deref());
        Self {
            binding: has_multi_round_trips(context).then(bind),
            state,
            answers,
        }
    }
}

impl Connection {
    /// Builds the context for the handler of a request. `answer_log` contains the answers of
    /// earlier round trips.
    pub(crate) fn context(
        &self,
        context: &mut RequestContext,
        answer_log: Option<Arc<AnswerLog>>,
    ) -> Context {
        let protocol = context.protocol_version();
        let stateless = has_multi_round_trips(context);
        // Since 2026-07-28, each request declares its log level, and a request without one gets no
        // messages. In earlier revisions the level belongs to the session, and a client that never
        // sets it gets every message.
        let log_level = match context.meta.log_level() {
            Some(level) => Some(client_channel::from_wire(level)),
            None => (!stateless).then(|| self.log_level()),
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
        #[cfg(feature = "http")]
        let capacity = http
            .as_ref()
            .and_then(|parts| parts.extensions.get().cloned());
        #[cfg(not(feature = "http"))]
        let capacity = None;
        let in_session = !stateless && (!is_http || session_id.is_some());
        let session = in_session.then(|| self.session.with_id(session_id));
        let dispatcher = &self.server.dispatcher;
        let original = context.extensions.remove::<OriginalId>();
        let id = original.map_or_else(|| context.id.clone(), |OriginalId(id)| id);
        Context::new(Request {
            state: Arc::new(CallState::with_token(&id.to_string(), context.ct.clone())),
            server: Arc::clone(&dispatcher.identity.name),
            // The library substitutes its own name for a client that sent none.
            client: if in_session {
                context.client_info()
            } else {
                context.meta.client_info()
            }
            .map(Arc::new),
            meta: Arc::new(context.meta.0.0.clone()),
            protocol,
            #[cfg(feature = "http")]
            http,
            trace: context.meta.get_traceparent().map(|parent| TraceContext {
                traceparent: parent.to_owned(),
                tracestate: context.meta.get_tracestate().map(ToOwned::to_owned),
            }),
            client_channel: Arc::new(PeerChannel {
                peer: context.peer.clone(),
                progress_token: context.meta.get_progress_token(),
                log_level,
                asking_unsupported: stateless
                    .then_some("protocol 2026-07-28 does not allow it in a request of this kind"),
                capacity,
            }),
            transport: if is_http {
                Transport::Http
            } else {
                Transport::Stream
            },
            input_capabilities: client_channel::input_capabilities(
                context.client_capabilities().as_ref(),
            ),
            asking_refused: None,
            answer_log,
            nested: false,
            session,
            server_handle: Some(Arc::clone(dispatcher) as _),
        })
    }

    /// Builds the context of a request about a task. Each request has to declare support for tasks
    /// itself, but the protocol library only checks whether the client has declared it at any time.
    pub(crate) fn task_context(&self, context: &mut RequestContext) -> Response<Context> {
        if !tasks::is_declared(&context.meta) {
            return Err(tasks::undeclared());
        }
        Ok(self.context(context, None))
    }

    /// Runs `call`. The response may contain the questions that the client has to answer before the next round trip.
    pub(crate) async fn run_call<R, F>(
        &self,
        mut context: RequestContext,
        round_trip: MultiRoundTrip,
        call: impl FnOnce(Context) -> F,
    ) -> Response<R>
    where
        R: RoundResponse,
        F: Future<Output = Result<R, RequestError>>,
    {
        let Some(binding) = round_trip.binding else {
            let result = call(self.context(&mut context, None));
            let result = unless_cancelled(context, result).await?;
            return result.map_err(request_error_data);
        };
        let signer = &self.server.state_signer;
        let state = round_trip.state;
        let answers = round_trip.answers;
        let invalid = || ErrorData::invalid_params("invalid request state", None);
        let round = signer.verify(&binding, state.as_deref(), answers.clone());
        let round = round.map_err(|_| invalid())?;
        let answers = answers.unwrap_or_default();
        let dispatcher = &self.server.dispatcher;
        let (store, server) = (&dispatcher.store, &*dispatcher.identity.name);
        match recorded_rounds::find(store, server, &round, &answers).await {
            Earlier::Same(response) => return Ok(response),
            Earlier::Other => return Err(invalid()),
            Earlier::None if round.is_used => return Err(invalid()),
            Earlier::None => {}
        }

        let answered = || round.log.state().answered.len();
        let answered_before = answered();
        let result = call(self.context(&mut context, Some(Arc::clone(&round.log))));
        let result = unless_cancelled(context, result).await?;
        // A round without a new answer repeats its questions, and after any other error the client may repeat
        // the request.
        let has_ended = match &result {
            Ok(_) => true,
            Err(RequestError::Suspended) => answered() > answered_before,
            Err(_) => false,
        };
        let response = match result {
            Err(RequestError::Suspended) => {
                let required = signer.input_required(&binding, &round).map_err(|error| {
                    tracing::error!(%error, "cannot encode the questions of a call");
                    ErrorData::internal_error("cannot encode the questions of this call", None)
                })?;
                R::input_required(required)
            }
            result => result.map_err(request_error_data)?,
        };
        if has_ended {
            recorded_rounds::keep(store, server, &round, answers, &response).await;
            signer.finish(state.as_deref());
        }
        Ok(response)
    }
}

impl Connection {
    /// Reports to the HTTP transport that the parameters of a request do not fit its method. Since
    /// 2026-07-28 that is status 400, for which the library has no way.
    #[cfg(feature = "http")]
    pub(crate) fn mark_invalid_params(context: &RequestContext) {
        let parts = context.extensions.get::<axum::http::request::Parts>();
        if let Some(invalid) = parts.and_then(|it| it.extensions.get::<InvalidParams>())
            && has_multi_round_trips(context)
        {
            invalid.0.store(true, Ordering::Release);
        }
    }

    #[cfg(not(feature = "http"))]
    pub(crate) fn mark_invalid_params(_: &RequestContext) {}
}

/// A flag in the extensions of an HTTP request: its parameters do not fit its method.
#[cfg(feature = "http")]
#[derive(Clone, Default)]
pub(crate) struct InvalidParams(Arc<AtomicBool>);

#[cfg(feature = "http")]
impl InvalidParams {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The client's ID of a request, in the extensions of a request that has another ID in the protocol
/// library.
#[derive(Clone)]
pub(crate) struct OriginalId(pub(crate) RequestId);

/// Returns whether the request's protocol revision has multi round-trip requests (the server asks
/// the client in its response) and no sessions.
pub(crate) fn has_multi_round_trips(context: &RequestContext) -> bool {
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Returns the owner of the caller's requests. The state of a request is bound to it, so that
/// nobody else can answer the caller's questions.
fn owner(context: &RequestContext) -> Option<String> {
    let caller = caller(context);
    Some(caller.principal()?.owner().into_owned())
}

/// Waits for the result of a handler. If the client cancels the request or disconnects, drops the
/// handler's future at its current `.await`.
pub(crate) async fn unless_cancelled<T>(
    context: RequestContext,
    result: impl Future<Output = Result<T, RequestError>>,
) -> Response<Result<T, RequestError>> {
    tokio::select! {
        result = result => Ok(result),
        () = context.ct.cancelled() => {
            Err(ErrorData::new(ErrorCode::INTERNAL_ERROR, "the request was cancelled", None))
        }
    }
}
