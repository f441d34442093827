//! [`Dispatcher`]: finds the component of a request, runs it, and returns its result. All transports use
//! it.

use std::sync::{Arc, Weak};

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::call::arguments::Call;
use crate::call::decode_argument::Encoding;
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::origin::{Origin, TaskCall};
use crate::call::inject::provided::Provided;
use crate::call::named_values::NamedValues;
use crate::caller::Caller;
use crate::component::answer_store::AnswerStore;
use crate::component::around::{self, AroundError};
use crate::component::attached::{Attached, Found};
use crate::component::call_settings::CallSettings;
use crate::component::changes::Changes;
use crate::component::missing_arguments::ask_for_missing;
use crate::component::output::tool_result::ToolResult;
use crate::component::prefix::Prefix;
use crate::component::registry::Registry;
use crate::component::request_error::RequestError;
use crate::component::run::{RunError, with_heartbeat};
use crate::component::task_fallback::TaskFallback;
use crate::component::tool::ToolEntry;
use crate::context::input::InputError;
use crate::context::request::Context;
use crate::error::{Error, ToolError};
use crate::middleware::chain::Chain;
use crate::middleware::next::Layer;
use crate::middleware::operation::Operation;
use crate::middleware::request::{RequestKind, ToolCall};
use crate::store::Store;

/// The server's description of itself.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) name: Arc<str>,
    pub(crate) version: String,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<String>,
}

/// Runs the components of one server; shared by all of its connections and by its worker.
pub(crate) struct Dispatcher {
    pub(crate) identity: Identity,
    pub(crate) registry: Registry,
    pub(crate) provided: Arc<Provided>,
    /// If `true`, errors for clients do not contain the cause of a failure.
    pub(crate) mask_error_details: bool,
    /// The names of the request headers that are stored with a task, in lower case.
    pub(crate) stored_headers: Vec<String>,
    pub(crate) settings: CallSettings,
    /// The answers of tools that were too large to send. Mounted servers share it.
    pub(crate) answers: Arc<AnswerStore>,
    /// The answers to long calls of clients without support for tasks; `None` if the results are awaited. A mounted
    /// server has none.
    pub(crate) task_fallback: Option<TaskFallback>,
    /// The values that handlers keep for sessions and callers.
    pub(crate) store: Store,
    /// Changes of lists and resources, for the clients that subscribed to them.
    pub(crate) changes: Changes,
    /// The components that no attribute declares: added ones, mounted servers and remote servers.
    pub(crate) parts: Vec<Attached>,
    /// The skills among the parts.
    #[cfg(feature = "skills")]
    pub(crate) skills: Option<Arc<crate::skills::catalog::SkillCatalog>>,
    /// The mounted servers among the parts, by their prefixes, for tasks.
    pub(crate) mounts: Vec<Mount>,
    /// Whether the docket belongs to this server, and not to the one on which it is mounted.
    pub(crate) owns_docket: bool,
    /// The middleware around requests.
    pub(crate) middleware: Chain,
    /// This dispatcher. Middleware outlives the borrow of a request.
    pub(crate) this: Weak<Self>,
}

/// A mounted server.
pub(crate) struct Mount {
    pub(crate) prefix: Prefix,
    pub(crate) dispatcher: Arc<Dispatcher>,
}

/// Returns the message of an error that clients see even if error details are masked.
fn client_message(cause: &Error) -> Option<String> {
    let message = cause.downcast_ref::<ToolError>().map(ToString::to_string);
    message.or_else(|| cause.downcast_ref::<InputError>().map(ToString::to_string))
}

impl Dispatcher {
    /// Calls a tool. An error of the tool is part of the result, where the model can read it.
    pub(crate) async fn call_tool(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<ToolResult, RequestError> {
        self.call_any_tool(name, arguments, context, None).await
    }

    /// Calls a tool of this server or of a part, for a request or for a task. A task finds a tool even if it is hidden
    /// now.
    pub(crate) async fn call_any_tool(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Result<ToolResult, RequestError> {
        let caller = context.caller();
        let caller = task.is_none().then_some(&caller);
        let own = match caller {
            Some(caller) => self.registry.tool(name, caller),
            None => self.registry.any_tool(name),
        };
        if let Some(tool) = own {
            return self.call(tool, arguments, context, task).await;
        }
        match self.part_tool(name, caller) {
            Some(found) => self.call_part(found, arguments, context, task).await,
            None => Err(self.unknown_tool(name, &context.caller())),
        }
    }

    /// Runs the middleware around a call of a tool of a part.
    async fn call_part(
        &self,
        found: Found,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Result<ToolResult, RequestError> {
        let Found {
            attached,
            name,
            component,
        } = found;
        let around = || Some(component.clone());
        let Some(layers) = self.middleware.around(RequestKind::ToolCall, around) else {
            let result = attached.part.call_tool(name, arguments, context, task);
            return Ok(attached.outer_result(result.await?));
        };
        let runs_again = context.runs_again_with_answers();
        let outer_name = component.name.clone();
        let call = ToolCall {
            component,
            arguments,
            context,
            task,
        };
        let reply = self.around(layers, call, move |_, call| {
            let (attached, name) = (attached.clone(), name.clone());
            Box::pin(async move {
                let ToolCall {
                    arguments,
                    context,
                    task,
                    ..
                } = call;
                let result = attached.part.call_tool(name, arguments, context, task);
                Ok(attached.outer_result(result.await?))
            })
        });
        self.reply_to_call(&outer_name, reply.await, runs_again)
    }

    /// Runs a request through middleware. The last one passes it to `end`, with this dispatcher.
    pub(crate) async fn around<R, E>(
        &self,
        layers: Arc<[Arc<dyn Layer>]>,
        request: R,
        end: E,
    ) -> Result<R::Answer, AroundError>
    where
        R: Operation,
        E: Fn(Arc<Self>, R) -> BoxFuture<'static, Result<R::Answer, RequestError>>
            + Send
            + Sync
            + 'static,
    {
        around::around(&self.this, layers, request, end).await
    }

    /// Runs the middleware around a call, then the tool.
    async fn call(
        &self,
        tool: &'static ToolEntry,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Result<ToolResult, RequestError> {
        let component = || Some(tool.component());
        let Some(layers) = self.middleware.around(RequestKind::ToolCall, component) else {
            return self.call_tool_alone(tool, arguments, context, task).await;
        };
        let runs_again = context.runs_again_with_answers();
        let call = ToolCall {
            component: tool.component(),
            arguments,
            context,
            task,
        };
        let reply = self.around(layers, call, move |this, call| {
            Box::pin(async move {
                this.call_tool_alone(tool, call.arguments, call.context, call.task)
                    .await
            })
        });
        self.reply_to_call(tool.entry.name, reply.await, runs_again)
    }

    /// Runs a tool without middleware.
    async fn call_tool_alone(
        &self,
        tool: &'static ToolEntry,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Result<ToolResult, RequestError> {
        if let Some(task) = task {
            return self.run_tool(tool, arguments, Origin::Task(task)).await;
        }
        let arguments = match ask_for_missing(tool, arguments, &context).await? {
            Ok(arguments) => arguments,
            Err(result) => return Ok(result),
        };
        self.run_tool(tool, arguments, Origin::Request(context))
            .await
    }

    /// Converts the reply of middleware around a tool. Its errors are part of the result, as those of the tool.
    pub(crate) fn reply_to_call(
        &self,
        tool: &str,
        reply: Result<ToolResult, AroundError>,
        runs_again: bool,
    ) -> Result<ToolResult, RequestError> {
        match reply {
            Ok(result) => Ok(result),
            Err(AroundError::Request(error)) => Err(error),
            Err(AroundError::Middleware(error)) => self.tool_result(tool, Err(error), runs_again),
        }
    }

    /// Returns the error about a tool that the caller cannot use. A suggestion must not reveal a hidden tool.
    fn unknown_tool(&self, name: &str, caller: &Caller) -> RequestError {
        let visible = self.tools(caller);
        RequestError::unknown("tool", name, visible.iter().map(|it| &*it.name))
    }

    /// Decodes the arguments of a tool, without running it. The inner `Err` is the result that the
    /// call would return for them.
    pub(crate) async fn check_arguments(
        &self,
        tool: &'static ToolEntry,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<Result<(), ToolResult>, RequestError> {
        let injector = Injector::new(Arc::clone(&self.provided), Origin::Request(context));
        let call = Call::check(arguments, tool.encoding(&self.settings), injector)
            .with_unknown(tool.unknown_arguments(&self.settings));
        match tool.entry.run(call).await {
            Err(RunError::Call(CallError::Arguments(errors))) if errors.0.is_empty() => Ok(Ok(())),
            reply => self.tool_result(tool.entry.name, reply, false).map(Err),
        }
    }

    /// Runs a tool for a request or for a task.
    pub(crate) async fn run_tool(
        &self,
        tool: &'static ToolEntry,
        arguments: impl Into<NamedValues>,
        origin: Origin,
    ) -> Result<ToolResult, RequestError> {
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let context = injector.given_context().cloned();
        let runs_again = context
            .as_ref()
            .is_some_and(Context::runs_again_with_answers);
        let call = Call::new(arguments, tool.encoding(&self.settings), injector)
            .with_unknown(tool.unknown_arguments(&self.settings));
        let heartbeat = tool.heartbeat(&self.settings);
        let reply = with_heartbeat(context.clone(), heartbeat, tool.entry.run(call)).await;
        let reply = self.tool_result(tool.entry.name, reply, runs_again);
        reply.map(|result| self.finish(tool, result, context.as_ref()))
    }

    /// Converts the reply of a tool to the result of the call.
    fn tool_result(
        &self,
        tool: &str,
        reply: Result<ToolResult, RunError>,
        runs_again: bool,
    ) -> Result<ToolResult, RequestError> {
        match reply {
            Ok(result) => Ok(result),
            Err(error) => match RequestError::from_handler(&error, runs_again) {
                Some(error) => Err(error),
                None => Ok(ToolResult::error(self.message("tool", tool, error))),
            },
        }
    }

    /// Returns whether an answer can become a link to a resource.
    pub(crate) fn bounds_answers(&self) -> bool {
        let mut tools = self.registry.tools();
        tools.any(|tool| tool.max_answer(&self.settings).is_some())
            || self.parts.iter().any(|it| it.part.bounds_answers())
    }

    pub(crate) fn handler_call(
        &self,
        arguments: Map<String, Value>,
        encoding: Encoding,
        context: Context,
    ) -> Call {
        let injector = Injector::new(Arc::clone(&self.provided), Origin::Request(context));
        Call::new(arguments, encoding, injector)
    }

    /// Converts the error of a resource, a prompt or a completion. Unlike the result of a tool, their
    /// results cannot contain an error.
    pub(crate) fn request_error(
        &self,
        kind: &'static str,
        name: &str,
        error: RunError,
        runs_again: bool,
    ) -> RequestError {
        if let Some(error) = RequestError::from_handler(&error, runs_again) {
            return error;
        }
        match error {
            RunError::Call(CallError::Arguments(errors)) => RequestError::Arguments(errors),
            error => RequestError::Internal(self.message(kind, name, error)),
        }
    }

    /// Returns the text of an error for the client. Argument errors, [`ToolError`]s and [`InputError`]s
    /// are never masked; all other errors are also logged, with their cause.
    fn message(&self, kind: &'static str, name: &str, error: RunError) -> String {
        match &error {
            RunError::Call(CallError::Arguments(errors)) => return errors.to_string(),
            RunError::Call(CallError::Failed(cause)) => {
                if let Some(message) = client_message(cause) {
                    return message;
                }
                tracing::warn!(
                    component = kind,
                    name,
                    error = format!("{cause:#}"),
                    "failed"
                );
            }
            // A timeout reveals no details of the server, so it is not masked.
            RunError::TimedOut(_) => {
                tracing::warn!(component = kind, name, %error, "failed");
                return format!("{kind} `{name}` {error}");
            }
            error => {
                tracing::error!(component = kind, name, %error, "failed");
                // A provider may also return a `ToolError`, such as "sign in first".
                if let RunError::Call(CallError::Dependency { cause, .. }) = error
                    && let Some(message) = client_message(cause)
                {
                    return message;
                }
            }
        }
        if self.mask_error_details {
            return format!("{kind} `{name}` failed");
        }
        match error {
            RunError::Call(CallError::Failed(_)) => error.to_string(),
            error => format!("{kind} `{name}`: {error}"),
        }
    }
}
