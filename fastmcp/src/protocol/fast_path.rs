//! [`FastPath`]: answers the common request without the protocol library.
//!
//! The common request is a well-formed `tools/call`. The fast path reads its envelope without building a tree, decodes
//! the arguments, runs the tool through the same [`Dispatcher`] as all other calls, and writes the same bytes as the
//! protocol library. Which tools it takes depends on what they use of their request:
//!
//! | the tool takes | taken in a session on a stream | taken elsewhere |
//! |---|---|---|
//! | arguments, `Docket`, `Worker`, `State` | yes | yes |
//! | `Context` or other dependencies | yes, with a context [that is created on first use](crate::context::lazy) | no |
//! | `#[arg(ask = …)]`, or the tool may be a task or has a limit of its answer | no | no |
//!
//! Everything else is left unread, and goes to the protocol library, which is the only authority for the
//! protocol: other methods, unknown tools, other members than those below, a progress token, escaped or
//! repeated keys, and invalid JSON.
//!
//! | member | accepted |
//! |---|---|
//! | `jsonrpc` | `"2.0"` |
//! | `id` | an integer from 0 to 10^18 - 1, or a string without escapes |
//! | `method` | `"tools/call"` |
//! | `params.name` | the name of a tool of this path that every caller may use, without escapes |
//! | `params.arguments` | absent, or an object |
//! | `params._meta` | absent in a session; else the [metadata] of protocol 2026-07-28, without a progress token |

pub(crate) mod answer;
pub(crate) mod envelope;
pub(crate) mod metadata;
pub(crate) mod pace;

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use memchr::memmem;
use rmcp::model::{ProtocolVersion, RequestId};

use crate::call::inject::origin::Origin;
use crate::call::named_values::NamedValues;
use crate::call::parameter_entry::ParameterKind;
use crate::component::call_settings::CallSettings;
use crate::component::dispatch::Dispatcher;
use crate::component::tool::ToolEntry;
use crate::context::call_state::CallId;
use crate::context::lazy::{ContextSource, LazyContext};
use crate::middleware::request::RequestKind;
use crate::protocol::convert::call_tool_result;
use crate::protocol::fast_path::answer::{Answer, Revision};
use crate::protocol::fast_path::envelope::Envelope;
use crate::protocol::fast_path::metadata::AcceptedMetadata;
use crate::protocol::fast_path::pace::Pace;
use crate::protocol::log_target::LOG_TARGET;
use crate::telemetry::operation::{Operation, TraceOrigin};
use crate::telemetry::request::{Request, Target};

/// The tools of a server whose calls need no protocol library.
pub(crate) struct FastPath {
    dispatcher: Arc<Dispatcher>,
    tools: HashMap<&'static str, Arc<FastTool>, RandomState>,
    metadata: AcceptedMetadata,
}

/// A tool whose calls need no protocol library.
pub(crate) struct FastTool {
    pub(crate) entry: &'static ToolEntry,
    /// What its calls use of their request.
    uses: Uses,
    /// Tracks whether its bodies return at once.
    pub(crate) pace: Pace,
}

/// What the calls of a tool use of their request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Uses {
    /// The arguments.
    Arguments,
    /// The arguments and the docket, which joins the trace of the request.
    Docket,
    /// Anything.
    Request,
}

/// The lifecycle of the connection of a request.
#[derive(Clone, Copy)]
pub(crate) enum Lifecycle<'a> {
    /// The client has negotiated a protocol before 2026-07-28, so its requests need no metadata. The source creates
    /// contexts, if it can.
    Session(Option<&'a Arc<dyn ContextSource>>),
    /// Each request declares its protocol.
    PerRequest,
}

/// A request that the fast path answers.
pub(crate) struct FastCall {
    pub(crate) id: RequestId,
    pub(crate) tool: Arc<FastTool>,
    pub(crate) arguments: NamedValues,
    pub(crate) revision: Revision,
    context: Option<LazyContext>,
    /// The place of the request in a trace.
    pub(crate) trace: TraceOrigin,
}

impl FastPath {
    pub(crate) fn new(dispatcher: &Arc<Dispatcher>) -> Self {
        let tools = dispatcher.registry.tools();
        // Middleware sees the request.
        let middleware = &dispatcher.middleware;
        let tools = tools.filter(|tool| {
            let component = || Some(tool.component());
            middleware
                .around(RequestKind::ToolCall, component)
                .is_none()
        });
        let tools = tools.filter_map(|entry| {
            let tool = FastTool {
                entry,
                uses: uses(entry, &dispatcher.settings)?,
                pace: Pace::default(),
            };
            Some((entry.entry.name, Arc::new(tool)))
        });
        Self {
            tools: tools.collect(),
            dispatcher: Arc::clone(dispatcher),
            metadata: AcceptedMetadata::default(),
        }
    }

    /// Returns the call that a message requests, or `None` if the protocol library has to handle it.
    ///
    /// The caller has checked the [size](crate::transport::message_size) of the message.
    pub(crate) fn accept(&self, message: &[u8], lifecycle: Lifecycle<'_>) -> Option<FastCall> {
        // A program that logs the protocol library wants to see every message.
        if tracing::enabled!(target: LOG_TARGET, tracing::Level::DEBUG) {
            return None;
        }
        let envelope = Envelope::read(message)?;
        let tool = self.tools.get(envelope.name)?;
        let (revision, context) = match (envelope.meta, lifecycle) {
            (None, Lifecycle::Session(source)) => {
                let context = match tool.uses {
                    Uses::Arguments | Uses::Docket => None,
                    Uses::Request => {
                        let id = call_id(&envelope.id);
                        Some(LazyContext::new(Arc::clone(source?), id))
                    }
                };
                (Revision::Session, context)
            }
            (None, Lifecycle::PerRequest) => return None,
            (Some(meta), _) => {
                let is_taken = match tool.uses {
                    Uses::Arguments => true,
                    Uses::Docket => memmem::find(meta, b"traceparent").is_none(),
                    Uses::Request => false,
                };
                (is_taken && self.metadata.accepts(meta)).then_some(())?;
                (Revision::V20260728, None)
            }
        };
        if !self.dispatcher.registry.shows_tool_to_everybody(tool.entry) {
            return None;
        }
        // Parses the arguments as the protocol library does, so that the same values decode and fail.
        let arguments = match envelope.arguments {
            Some(arguments) => serde_json::from_slice(arguments).ok()?,
            None => NamedValues::default(),
        };
        Some(FastCall {
            id: envelope.id,
            tool: Arc::clone(tool),
            arguments,
            revision,
            context,
            trace: TraceOrigin::of_metadata(envelope.meta),
        })
    }

    /// Runs a call and returns its response. Dropping the future cancels the call. Every call on this path starts and
    /// ends here.
    pub(crate) fn run(&self, call: FastCall) -> BoxFuture<'static, Answer> {
        let dispatcher = Arc::clone(&self.dispatcher);
        async move {
            let FastCall {
                id,
                tool,
                arguments,
                revision,
                context,
                trace,
            } = call;
            let operation = Operation::start(&trace, || request(&id, tool.entry, revision));
            operation.add_content("gen_ai.tool.call.arguments", || arguments.to_json());
            let _cancel = context.as_ref().map(LazyContext::cancel_at_end);
            let origin = context.map_or(Origin::ArgumentsOnly, Origin::Lazy);
            let reply = operation
                .run(dispatcher.run_tool(tool.entry, arguments, origin))
                .await;
            operation.add_content("gen_ai.tool.call.result", || {
                let result = reply.as_ref().ok()?;
                serde_json::to_string(&call_tool_result(result.clone())).ok()
            });
            let answer = Answer {
                id,
                reply,
                revision,
            };
            operation.end(|| answer.ended());
            answer
        }
        .boxed()
    }
}

/// Describes a call for its span and its metric.
fn request(id: &RequestId, tool: &'static ToolEntry, revision: Revision) -> Request<'static> {
    let protocol = match revision {
        // The revision of the session is known only to the protocol library.
        Revision::Session => None,
        Revision::V20260728 => Some(ProtocolVersion::V_2026_07_28.to_string()),
    };
    Request {
        method: "tools/call",
        target: Target::Tool {
            name: tool.entry.name,
            is_known: true,
        },
        id: Some(id.to_string()),
        protocol,
        session: None,
    }
}

/// Returns what the calls of a tool use of their request; `None` if they need the protocol library.
fn uses(tool: &ToolEntry, settings: &CallSettings) -> Option<Uses> {
    let parameters = tool.entry.parameters;
    if parameters.iter().any(|it| it.ask.is_some())
        || tool.entry.options.task.is_some()
        // A stored answer belongs to the session or the caller of its request.
        || tool.max_answer(settings).is_some()
    {
        return None;
    }
    let used = parameters.iter().map(|it| match it.kind {
        ParameterKind::Argument { .. } => Uses::Arguments,
        ParameterKind::Injected { uses_request, .. } if uses_request => Uses::Request,
        ParameterKind::Injected { .. } => Uses::Docket,
    });
    Some(used.fold(Uses::Arguments, |most, used| match (most, used) {
        (Uses::Request, _) | (_, Uses::Request) => Uses::Request,
        (Uses::Docket, _) | (_, Uses::Docket) => Uses::Docket,
        _ => Uses::Arguments,
    }))
}

/// Returns the ID of a request for its context.
fn call_id(id: &RequestId) -> CallId {
    match id {
        RequestId::Number(number) => CallId::Number(*number),
        RequestId::String(text) => CallId::Text(Arc::clone(text)),
    }
}
