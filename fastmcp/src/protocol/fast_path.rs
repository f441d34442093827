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
use rmcp::model::{ProtocolVersion, RequestId};
use serde_json::{Map, Value};

use crate::call::inject::origin::Origin;
use crate::component::call_settings::CallSettings;
use crate::component::dispatch::Dispatcher;
use crate::component::tool::ToolEntry;
use crate::protocol::convert::call_tool_result;
use crate::protocol::fast_path::answer::{Answer, Revision};
use crate::protocol::fast_path::envelope::Envelope;
use crate::protocol::fast_path::metadata::AcceptedMetadata;
use crate::protocol::fast_path::pace::Pace;
use crate::protocol::log_target::LOG_TARGET;
use crate::telemetry::operation::{Operation, TraceOrigin};
use crate::telemetry::request::{Ended, Request, Target};

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
    /// The place of the request in a trace.
    pub(crate) trace: TraceOrigin,
}

impl FastPath {
    pub(crate) fn new(dispatcher: &Arc<Dispatcher>) -> Self {
        let tools = dispatcher.registry.tools();
        let tools = tools.filter(|tool| takes_only_arguments(tool, &dispatcher.settings));
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
            trace: TraceOrigin::of_metadata(envelope.meta),
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
                trace,
            } = call;
            let operation = Operation::start(&trace, || request(&id, tool.entry, revision));
            operation.add_content("gen_ai.tool.call.arguments", || {
                serde_json::to_string(&arguments).ok()
            });
            let origin = Origin::ArgumentsOnly;
            let reply = operation
                .run(dispatcher.run_tool(tool.entry, arguments, origin))
                .await;
            if let Ok(result) = &reply {
                let result = || serde_json::to_string(&call_tool_result(result.clone())).ok();
                operation.add_content("gen_ai.tool.call.result", result);
            }
            let is_tool_error = reply.as_ref().is_ok_and(|result| result.is_error);
            let answer = Answer::new(id, reply, revision);
            operation.end(match answer.error {
                Some(code) => Ended::WithError(code),
                None if is_tool_error => Ended::WithToolError,
                None => Ended::Successfully,
            });
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

/// Returns whether a call of the tool needs nothing of its request but the arguments.
fn takes_only_arguments(tool: &ToolEntry, settings: &CallSettings) -> bool {
    let mut parameters = tool.entry.parameters.iter();
    parameters.all(|it| it.is_argument() && it.ask.is_none())
        && tool.entry.options.task.is_none()
        // A stored answer belongs to the session or the caller of its request.
        && tool.max_answer(settings).is_none()
}
