//! [`Context`]: the live request that a handler serves.

use std::any::{Any, TypeId};
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use crate::caller::Caller;
use crate::context::answer_log::AnswerLog;
use crate::context::call_state::CallState;
use crate::context::change::Change;
use crate::context::client_channel::ClientChannel;
use crate::context::input::InputCapabilities;
use crate::context::session::Session;
use crate::docket::model::submission::TraceContext;
use crate::error::Result;
use crate::mcp::{
    Implementation, Prompt, PromptMessage, ProtocolVersion, Resource, ResourceContents,
    ResourceTemplate, Tool,
};
use crate::selection::{Selection, UnmatchedSelection};
use crate::store::Store;

/// The live request that a handler serves.
///
/// Take it as a parameter. It is cheap to clone, and all contexts of one call are equal.
///
/// ```
/// use fastmcp::prelude::*;
///
/// /// Adds numbers and reports progress.
/// #[tool]
/// async fn total(numbers: Vec<f64>, ctx: Context) -> Result<f64> {
///     let mut sum = 0.0;
///     for (done, number) in numbers.iter().enumerate() {
///         sum += number;
///         ctx.report_progress(done as f64 + 1.0, Some(numbers.len() as f64), None).await;
///     }
///     Ok(sum)
/// }
/// ```
#[derive(Clone)]
pub struct Context(pub(crate) Arc<Request>);

/// The transport of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transport {
    /// A stream of newline-delimited JSON: standard input and output, or an in-memory connection.
    Stream,
    /// Streamable HTTP.
    Http,
    /// No transport: the tool runs as a task, after its request has ended.
    Background,
}

/// The properties of a request.
#[derive(Clone)]
pub(crate) struct Request {
    /// The ID, the progress and the cancellation. Contexts of nested calls share them.
    pub(crate) state: Arc<CallState>,
    /// The server's name.
    pub(crate) server: Arc<str>,
    /// The name and version of the client, if the client sent them.
    pub(crate) client: Option<Arc<Implementation>>,
    /// The `_meta` of the request.
    pub(crate) meta: Arc<Map<String, Value>>,
    /// The protocol revision of the request.
    pub(crate) protocol: Option<ProtocolVersion>,
    /// The HTTP request, if the transport is HTTP.
    #[cfg(feature = "http")]
    pub(crate) http: Option<Arc<axum::http::request::Parts>>,
    /// The trace context that the client sent (`_meta.traceparent`, SEP-414).
    pub(crate) trace: Option<TraceContext>,
    /// The channel to the client.
    pub(crate) client_channel: Arc<dyn ClientChannel>,
    /// The transport.
    pub(crate) transport: Transport,
    /// The questions that the client supports.
    pub(crate) input_capabilities: InputCapabilities,
    /// The reason why the handler cannot ask the client, whatever it supports; `None` if it can.
    pub(crate) asking_refused: Option<&'static str>,
    /// The questions and answers, if answers arrive with a later run of the handler instead of on the
    /// connection.
    pub(crate) answer_log: Option<Arc<AnswerLog>>,
    /// `true` if another handler makes this call. A question then ends the run of the outer handler too.
    pub(crate) nested: bool,
    /// The session, if the request belongs to one.
    pub(crate) session: Option<Session>,
    /// The server, for access to its other components.
    pub(crate) server_handle: Option<Arc<dyn ServerHandle>>,
}

/// The operations of a server that are available to its handlers.
///
/// The trait is in this file because it and [`Context`] refer to each other: a request contains a
/// handle, and the methods of a handle take a `Context`.
pub(crate) trait ServerHandle: Send + Sync {
    /// Returns the tools that are visible to the caller.
    fn tools(&self, caller: &Caller) -> Vec<Tool>;
    /// Returns the resources that are visible to the caller.
    fn resources(&self, caller: &Caller) -> Vec<Resource>;
    /// Returns the resource templates that are visible to the caller.
    fn resource_templates(&self, caller: &Caller) -> Vec<ResourceTemplate>;
    /// Returns the prompts that are visible to the caller.
    fn prompts(&self, caller: &Caller) -> Vec<Prompt>;
    /// Reads a resource on behalf of the request `context`.
    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<ResourceContents>>>;
    /// Renders a prompt on behalf of the request `context`.
    fn get_prompt<'a>(
        &'a self,
        name: &'a str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<PromptMessage>>>;
    /// Shows or hides components, and notifies clients of the lists that have changed.
    fn show(&self, selection: &Selection, visible: bool) -> Result<(), UnmatchedSelection>;
    /// Notifies clients of a change.
    fn announce(&self, change: Change);
    /// Returns the store of the server.
    fn store(&self) -> &Store;
    /// Returns the server's state of this type.
    fn state(&self, type_id: TypeId) -> Option<Arc<dyn Any + Send + Sync>>;
}

impl Context {
    pub(crate) fn new(request: Request) -> Self {
        Self(Arc::new(request))
    }

    /// Returns the trace context that the client sent. Tasks that are scheduled through the
    /// injected docket join the trace.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.0.trace.as_ref()
    }

    /// Returns the ID of the request, as the client wrote it.
    pub fn request_id(&self) -> &str {
        self.0.state.id()
    }

    /// Returns the server's name.
    pub fn server_name(&self) -> &str {
        &self.0.server
    }

    /// Returns the client's name and version, if the client sent them.
    pub fn client_info(&self) -> Option<&Implementation> {
        self.0.client.as_deref()
    }

    /// Returns the protocol revision of the request.
    pub fn protocol_version(&self) -> Option<&ProtocolVersion> {
        self.0.protocol.as_ref()
    }

    /// Returns the transport of the request.
    pub fn transport(&self) -> Transport {
        self.0.transport
    }

    /// Returns the session of the request. It is `None` in protocol 2026-07-28, which has no
    /// sessions, and in a background task.
    pub fn session(&self) -> Option<&Session> {
        self.0.session.as_ref()
    }

    /// Returns the ID of the session (`Mcp-Session-Id`), if the request belongs to a session with an ID.
    pub fn session_id(&self) -> Option<&str> {
        self.session()?.id()
    }

    /// Returns a token that is cancelled when the client cancels the request or disconnects.
    ///
    /// The handler itself does not need it: it is dropped at its next `.await`. Pass the token to
    /// work that runs outside of the handler, such as a thread.
    pub fn cancellation(&self) -> CancellationToken {
        self.0.state.cancellation()
    }

    /// Returns the same request as a request of another server, on which it is mounted.
    pub(crate) fn for_server(&self, handle: Arc<dyn ServerHandle>, name: Arc<str>) -> Self {
        let mut request = (*self.0).clone();
        request.server = name;
        request.server_handle = Some(handle);
        Self::new(request)
    }

    /// Returns the context for a call of another handler by the handler of this request.
    pub(crate) fn nested(&self) -> Self {
        let mut request = (*self.0).clone();
        request.nested = true;
        Self::new(request)
    }
}

/// Two contexts are equal if they belong to the same request.
impl PartialEq for Context {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Context {}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("request_id", &self.request_id())
            .field("server", &self.0.server)
            .finish_non_exhaustive()
    }
}
