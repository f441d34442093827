//! [`FastPath`]: answers the common request without the protocol library.
//!
//! The common request is a well-formed `tools/call` of a tool that takes only arguments. The fast path reads
//! its envelope without building a tree, decodes the arguments, runs the tool through the same
//! [`Dispatcher`] as all other calls, and writes the response with the types of the protocol library, so that
//! both paths give the same bytes.
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

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::RequestId;
use serde_json::{Map, Value};

use crate::call::inject::origin::Origin;
use crate::component::call_settings::CallSettings;
use crate::component::dispatch::Dispatcher;
use crate::component::tool::ToolEntry;
use crate::middleware::request::RequestKind;
use crate::protocol::fast_path::answer::{Answer, Revision};
use crate::protocol::fast_path::envelope::Envelope;
use crate::protocol::fast_path::metadata::AcceptedMetadata;
use crate::protocol::fast_path::pace::Pace;
use crate::protocol::log_target::LOG_TARGET;

/// The tools of a server whose calls need no protocol library.
pub(crate) struct FastPath {
    dispatcher: Arc<Dispatcher>,
    tools: HashMap<&'static str, Arc<FastTool>>,
    metadata: AcceptedMetadata,
}

/// A tool that takes only arguments.
pub(crate) struct FastTool {
    pub(crate) entry: &'static ToolEntry,
    /// Tracks whether its bodies return at once.
    pub(crate) pace: Pace,
}

/// A request that the fast path answers.
pub(crate) struct FastCall {
    pub(crate) id: RequestId,
    pub(crate) tool: Arc<FastTool>,
    pub(crate) arguments: Map<String, Value>,
    pub(crate) revision: Revision,
}

impl FastPath {
    pub(crate) fn new(dispatcher: &Arc<Dispatcher>) -> Self {
        let tools = dispatcher.registry.tools();
        let tools = tools.filter(|tool| takes_only_arguments(tool, &dispatcher.settings));
        // Middleware sees the request.
        let middleware = &dispatcher.middleware;
        let tools = tools.filter(|tool| {
            let component = || Some(tool.component());
            middleware
                .around(RequestKind::ToolCall, component)
                .is_none()
        });
        let tools = tools.map(|entry| {
            let pace = Pace::default();
            (entry.entry.name, Arc::new(FastTool { entry, pace }))
        });
        Self {
            tools: tools.collect(),
            dispatcher: Arc::clone(dispatcher),
            metadata: AcceptedMetadata::default(),
        }
    }

    /// Returns the call that a message requests, or `None` if the protocol library has to handle it.
    ///
    /// `in_session` is true if the client has negotiated a protocol before 2026-07-28, so that its requests
    /// need no metadata. The caller has checked the [size](crate::transport::message_size) of the message.
    pub(crate) fn accept(&self, message: &[u8], in_session: bool) -> Option<FastCall> {
        // A program that logs the protocol library wants to see every message.
        if tracing::enabled!(target: LOG_TARGET, tracing::Level::DEBUG) {
            return None;
        }
        let envelope = Envelope::read(message)?;
        let tool = self.tools.get(envelope.name)?;
        let revision = match envelope.meta {
            None if in_session => Revision::Session,
            None => return None,
            Some(meta) => {
                self.metadata.accepts(meta).then_some(())?;
                Revision::V20260728
            }
        };
        if !self.dispatcher.registry.shows_tool_to_everybody(tool.entry) {
            return None;
        }
        // Parses the arguments as the protocol library does, so that the same values decode and fail.
        let arguments = match envelope.arguments {
            Some(arguments) => serde_json::from_slice(arguments).ok()?,
            None => Map::new(),
        };
        Some(FastCall {
            id: envelope.id,
            tool: Arc::clone(tool),
            arguments,
            revision,
        })
    }

    /// Runs a call and returns its response. Dropping the future cancels the call.
    pub(crate) fn run(&self, call: FastCall) -> BoxFuture<'static, Answer> {
        let dispatcher = Arc::clone(&self.dispatcher);
        async move {
            let FastCall {
                id,
                tool,
                arguments,
                revision,
            } = call;
            let origin = Origin::ArgumentsOnly;
            let reply = dispatcher.run_tool(tool.entry, arguments, origin).await;
            Answer::new(id, reply, revision)
        }
        .boxed()
    }
}

/// Returns whether a call of the tool needs nothing of its request but the arguments.
fn takes_only_arguments(tool: &ToolEntry, settings: &CallSettings) -> bool {
    let mut parameters = tool.entry.parameters.iter();
    parameters.all(|it| it.is_argument() && it.ask.is_none())
        && tool.entry.options.task.is_none()
        // A stored answer belongs to the session or the caller of its request.
        && tool.max_answer(settings).is_none()
}
