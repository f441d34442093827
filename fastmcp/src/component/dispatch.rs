//! [`Dispatcher`]: finds the component of a request, runs it, and returns its result. All transports use
//! it.

use std::sync::Arc;

use serde_json::{Map, Value};
use tokio::sync::broadcast;

use crate::call::arguments::{Call, Encoding};
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::origin::Origin;
use crate::call::inject::provided::Provided;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::caller::Caller;
use crate::component::answer_store::AnswerStore;
use crate::component::call_settings::CallSettings;
use crate::component::completion::CompletionEntry;
use crate::component::completion::Completions;
use crate::component::completion::choices::Choices;
use crate::component::missing_arguments::ask_for_missing;
use crate::component::output::tool_result::ToolResult;
use crate::component::registry::Registry;
use crate::component::request_error::RequestError;
use crate::component::run::{RunError, with_heartbeat};
use crate::component::tool::ToolEntry;
use crate::context::change::Change;
use crate::context::input::InputError;
use crate::context::request::Context;
use crate::error::{Error, ToolError};
use crate::mcp::{PromptMessage, ResourceContents};
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
    /// The answers of tools that were too large to send.
    pub(crate) answers: AnswerStore,
    /// The values that handlers keep for sessions and callers.
    pub(crate) store: Store,
    /// Changes of lists and resources, for the clients that subscribed to them.
    pub(crate) changes: broadcast::Sender<Change>,
}

/// The component that a completion belongs to.
pub(crate) enum CompletionOf<'a> {
    /// The prompt of this name.
    Prompt(&'a str),
    /// The resource template of this URI.
    Resource(&'a str),
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
        let tool = self.tool(name, &context.caller())?;
        let arguments = match ask_for_missing(tool, arguments, &context).await? {
            Ok(arguments) => arguments,
            Err(result) => return Ok(result),
        };
        self.run_tool(tool, arguments, Origin::Request(context))
            .await
    }

    /// Returns the tool of this name, if the caller may use it.
    pub(crate) fn tool(
        &self,
        name: &str,
        caller: &Caller,
    ) -> Result<&'static ToolEntry, RequestError> {
        self.registry.tool(name, caller).ok_or_else(|| {
            // A suggestion must not reveal a hidden tool.
            let visible = self.registry.tool_names();
            let visible = visible.filter(|name| self.registry.tool(name, caller).is_some());
            RequestError::unknown("tool", name, visible)
        })
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
            reply => self.tool_result(tool, reply, false).map(Err),
        }
    }

    /// Runs a tool for a request or for a task.
    pub(crate) async fn run_tool(
        &self,
        tool: &'static ToolEntry,
        arguments: Map<String, Value>,
        origin: Origin,
    ) -> Result<ToolResult, RequestError> {
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let runs_again = injector
            .context()
            .is_some_and(Context::runs_again_with_answers);
        let context = injector.context().cloned();
        let call = Call::new(arguments, tool.encoding(&self.settings), injector)
            .with_unknown(tool.unknown_arguments(&self.settings));
        let heartbeat = tool.heartbeat(&self.settings);
        let reply = with_heartbeat(context.clone(), heartbeat, tool.entry.run(call)).await;
        let reply = self.tool_result(tool, reply, runs_again);
        reply.map(|result| self.finish(tool, result, context.as_ref()))
    }

    /// Converts the reply of a tool to the result of the call.
    fn tool_result(
        &self,
        tool: &'static ToolEntry,
        reply: Result<ToolResult, RunError>,
        runs_again: bool,
    ) -> Result<ToolResult, RequestError> {
        match reply {
            Ok(result) => Ok(result),
            Err(error) => match RequestError::from_handler(&error, runs_again) {
                Some(error) => Err(error),
                None => Ok(ToolResult::error(self.message(
                    "tool",
                    tool.entry.name,
                    error,
                ))),
            },
        }
    }

    /// Returns whether an answer can become a link to a resource.
    pub(crate) fn bounds_answers(&self) -> bool {
        let mut tools = self.registry.tool_names();
        tools.any(|name| {
            let tool = self.registry.any_tool(name);
            tool.is_some_and(|tool| tool.max_answer(&self.settings).is_some())
        })
    }

    /// Reads the resource at `uri`.
    pub(crate) async fn read_resource(
        &self,
        uri: &str,
        context: Context,
    ) -> Result<Vec<ResourceContents>, RequestError> {
        if let Some(answer) = self.answers.read(uri, &context) {
            return Ok(vec![answer]);
        }
        let Some((resource, variables)) = self.registry.resource(uri, &context.caller()) else {
            return Err(RequestError::UnknownResource {
                uri: uri.to_owned(),
            });
        };
        let runs_again = context.runs_again_with_answers();
        match resource
            .entry
            .run(self.call(variables, Encoding::Text, context))
            .await
        {
            Ok(result) => {
                let contents = result.into_contents(uri, resource.mime_type);
                contents.ok_or_else(|| RequestError::UnknownResource {
                    uri: uri.to_owned(),
                })
            }
            Err(error) => Err(self.request_error("resource", uri, error, runs_again)),
        }
    }

    /// Returns the messages of a prompt and its description.
    pub(crate) async fn get_prompt(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<(Vec<PromptMessage>, Option<&'static str>), RequestError> {
        let Some(prompt) = self.registry.prompt(name, &context.caller()) else {
            return Err(RequestError::unknown("prompt", name, []));
        };
        let runs_again = context.runs_again_with_answers();
        match prompt
            .entry
            .run(self.call(arguments, Encoding::Text, context))
            .await
        {
            Ok(messages) => Ok((messages, prompt.entry.description)),
            Err(error) => Err(self.request_error("prompt", name, error, runs_again)),
        }
    }

    /// Returns suggested values for an argument of a prompt or a resource template. `known` contains
    /// the arguments that the user has filled in so far.
    pub(crate) async fn complete(
        &self,
        of: CompletionOf<'_>,
        argument: &str,
        value: String,
        known: Map<String, Value>,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let parameters = match of {
            CompletionOf::Prompt(name) => match self.registry.prompt(name, &context.caller()) {
                Some(prompt) => prompt.entry.parameters,
                None => return Err(RequestError::unknown("prompt", name, [])),
            },
            CompletionOf::Resource(uri) => match self.registry.template(uri, &context.caller()) {
                Some(resource) => resource.entry.parameters,
                None => {
                    return Err(RequestError::UnknownResource {
                        uri: uri.to_owned(),
                    });
                }
            },
        };
        let is_argument = |it: &&ParameterEntry| matches!(it.kind, ParameterKind::Argument { .. });
        let arguments = parameters.iter().filter(is_argument);
        let Some(parameter) = arguments.clone().find(|it| it.name == argument) else {
            let names = arguments.map(|it| it.name);
            return Err(RequestError::unknown("argument", argument, names));
        };
        let entry = parameter
            .completion
            .and_then(|it| it.downcast_ref::<CompletionEntry>());
        let Some(entry) = entry else {
            let choices = Choices::of(parameter);
            return Ok(choices.map_or_else(Completions::default, |it| it.complete(&value)));
        };
        let takes = |name: &str| entry.parameters.iter().any(|it| it.name == name);
        let mut given: Map<String, Value> =
            known.into_iter().filter(|(name, _)| takes(name)).collect();
        given.insert("value".to_owned(), Value::String(value));
        match entry.run(self.call(given, Encoding::Text, context)).await {
            Ok(completions) => Ok(completions.truncated()),
            Err(error) => Err(self.request_error("completion", entry.name, error, false)),
        }
    }

    fn call(&self, arguments: Map<String, Value>, encoding: Encoding, context: Context) -> Call {
        let injector = Injector::new(Arc::clone(&self.provided), Origin::Request(context));
        Call::new(arguments, encoding, injector)
    }

    /// Converts the error of a resource, a prompt or a completion. Unlike the result of a tool, their
    /// results cannot contain an error.
    fn request_error(
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
