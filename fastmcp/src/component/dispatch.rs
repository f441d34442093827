//! Dispatch: from a request's name and arguments to its answer, whatever the transport.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Map, Value};
use tokio::sync::broadcast;

use crate::call::argument_error::ArgumentErrors;
use crate::call::arguments::{Call, Encoding};
use crate::call::error::CallError;
use crate::call::inject::injector::Injector;
use crate::call::inject::origin::Origin;
use crate::call::inject::provided::Provided;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::call::schema;
use crate::component::completion::CompletionEntry;
use crate::component::completion::Completions;
use crate::component::options::TaskOptions;
use crate::component::output::tool_result::ToolResult;
use crate::component::registry::Registry;
use crate::component::run::RunError;
use crate::component::tool::ToolEntry;
use crate::context::change::Change;
use crate::context::input::{InputError, InputKind};
use crate::context::request::Context;
use crate::error::{ProtocolError, ToolError};
use crate::mcp::{CacheScope, PromptMessage, ResourceContents};
use crate::mcp_tasks::tasks::{Called, TaskError, Tasks};
use crate::protocol::request_state::Seal;
use crate::text::nearest;

/// What a client is told of the server itself.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) name: Arc<str>,
    pub(crate) version: String,
    pub(crate) title: Option<String>,
    pub(crate) instructions: Option<String>,
}

/// A server's dispatch, shared by all of its connections.
pub(crate) struct Core {
    pub(crate) identity: Identity,
    pub(crate) registry: Registry,
    pub(crate) provided: Arc<Provided>,
    /// Whether the details of errors stay on the server.
    pub(crate) mask_error_details: bool,
    /// What clients that listen are told of.
    pub(crate) changes: broadcast::Sender<Change>,
    /// How many items a page of a list has, if lists have pages.
    pub(crate) page_size: Option<usize>,
    /// How long, in milliseconds, and by whom an answer may be kept, if the server says so.
    pub(crate) cache: Option<(u64, CacheScope)>,
    /// Seals what calls in several rounds have learnt.
    pub(crate) seal: Seal,
}

/// A request that has no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("unknown {kind} `{name}`{}", did_you_mean(*.nearest))]
    Unknown {
        kind: &'static str,
        name: String,
        nearest: Option<&'static str>,
    },
    #[error("unknown resource `{uri}`")]
    UnknownResource { uri: String },
    #[error("{0}")]
    Arguments(ArgumentErrors),
    #[error("{0}")]
    Internal(String),
    /// A task cannot be made.
    #[error(transparent)]
    Task(#[from] TaskError),
    /// What the handler says in the protocol's own terms.
    #[error("{}", .0.message)]
    Protocol(ProtocolError),
    /// The handler asks for what the client has not declared.
    #[error("this needs a client that supports {0}")]
    Unsupported(InputKind),
    /// The handler waits for an answer of the client; the request's journal has the question.
    #[error("this waits for an answer of the client")]
    Suspended,
}

/// What a completion is asked for.
pub(crate) enum CompletionOf<'a> {
    /// The prompt of this name.
    Prompt(&'a str),
    /// The resource template of this URI.
    Resource(&'a str),
}

fn unknown(
    kind: &'static str,
    name: &str,
    known: impl IntoIterator<Item = &'static str>,
) -> RequestError {
    let nearest = nearest(name, known.into_iter());
    RequestError::Unknown {
        kind,
        name: name.to_owned(),
        nearest,
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
}

/// What an error says that clients see also where details are masked.
fn meant_for_the_client(cause: &crate::error::Error) -> Option<String> {
    let said = cause.downcast_ref::<ToolError>().map(ToString::to_string);
    said.or_else(|| cause.downcast_ref::<InputError>().map(ToString::to_string))
}

impl Core {
    /// Calls a tool. All that goes wrong once the tool is found is in the result, where the model
    /// that called can read it.
    pub(crate) async fn call_tool(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<ToolResult, RequestError> {
        let tool = self.tool(name)?;
        let arguments = match self.ask_for_missing(tool, arguments, &context).await? {
            Ok(arguments) => arguments,
            Err(refusal) => return Ok(refusal),
        };
        self.run_tool(tool, arguments, Origin::Request(context))
            .await
    }

    /// The tool of this name.
    pub(crate) fn tool(&self, name: &str) -> Result<&'static ToolEntry, RequestError> {
        self.registry.tool(name).ok_or_else(|| {
            let known = self
                .registry
                .tool_names()
                .filter(|name| self.registry.tool(name).is_some());
            let nearest = nearest(name, known).and_then(|name| self.registry.tool(name));
            RequestError::Unknown {
                kind: "tool",
                name: name.to_owned(),
                nearest: nearest.map(|tool| tool.entry.name),
            }
        })
    }

    /// Asks the user for the arguments that the client has left out, of those that say what to ask
    /// (`#[arg(ask = "…")]`). All questions are put at once, where nobody waits for the answers.
    ///
    /// A client that cannot be asked is told what is missing, as of every other argument.
    pub(crate) async fn ask_for_missing(
        &self,
        tool: &'static ToolEntry,
        mut arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<Result<Map<String, Value>, ToolResult>, RequestError> {
        let parameters = tool.entry.parameters;
        let missing: Vec<_> = parameters
            .iter()
            .filter_map(|it| Some((it.name, it.ask?)))
            .filter(|(name, _)| !arguments.contains_key(*name))
            .collect();
        if missing.is_empty() || !context.can_ask_for(InputKind::Form) {
            return Ok(Ok(arguments));
        }
        let ask = async |(name, message): (&'static str, &'static str)| {
            // A type without a form keeps its server from starting.
            let form = schema::form(parameters, name).unwrap_or_default();
            (name, context.ask_for_field(name, message, form).await)
        };
        let answers = match context.answer_log() {
            Some(journal) => {
                let asking = journal.drive(join_all(missing.into_iter().map(ask)));
                asking.await.ok_or(RequestError::Suspended)?
            }
            None => {
                let mut answers = Vec::new();
                for question in missing {
                    answers.push(ask(question).await);
                }
                answers
            }
        };
        for (name, answer) in answers {
            match answer {
                Ok(Value::Null) => {}
                Ok(value) => drop(arguments.insert(name.to_owned(), value)),
                Err(error) => {
                    return Ok(Err(ToolResult::error(format!(
                        "argument `{name}`: {error}"
                    ))));
                }
            }
        }
        Ok(Ok(arguments))
    }

    /// Runs a tool, for a request or for a task.
    pub(crate) async fn run_tool(
        &self,
        tool: &'static ToolEntry,
        arguments: Map<String, Value>,
        origin: Origin,
    ) -> Result<ToolResult, RequestError> {
        let injector = Injector::new(Arc::clone(&self.provided), origin);
        let by_rounds = injector
            .context()
            .is_some_and(Context::runs_again_with_answers);
        let reply = tool
            .entry
            .run(Call::new(arguments, tool.encoding(), injector))
            .await;
        match reply {
            Ok(result) => Ok(result),
            Err(error) => match Self::said_to_the_protocol(&error, by_rounds) {
                Some(error) => Err(error),
                None => Ok(ToolResult::error(self.message(
                    "tool",
                    tool.entry.name,
                    error,
                ))),
            },
        }
    }

    /// The tool of this name, if clients may follow its calls as tasks, and how.
    pub(crate) fn task_tool(&self, name: &str) -> Option<(&'static ToolEntry, TaskOptions)> {
        let tool = self.registry.tool(name)?;
        Some((tool, tool.entry.options.task?))
    }

    /// Whether there is a tool whose calls can be tasks.
    pub(crate) fn has_task_tools(&self) -> bool {
        self.registry.task_tools().next().is_some()
    }

    /// Whether calls can be tasks: some tool says so, and there is a docket for them.
    pub(crate) fn offers_tasks(&self) -> bool {
        self.provided.docket.is_some() && self.has_task_tools()
    }

    /// Makes a task of a call, once all arguments are there: what is asked for before the handle is answered
    /// before it.
    pub(crate) async fn start_task(
        &self,
        tool: &'static ToolEntry,
        options: TaskOptions,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<Called, RequestError> {
        let arguments = match self.ask_for_missing(tool, arguments, &context).await? {
            Ok(arguments) => arguments,
            Err(refusal) => return Ok(Called::Answered(refusal)),
        };
        let Some(tasks) = self.tasks(context.caller_scope()) else {
            return Err(RequestError::Internal("the server has no tasks".into()));
        };
        let created = tasks.create(tool, options, arguments, &context).await?;
        Ok(Called::Task(created))
    }

    /// The server's tasks, as this caller sees them.
    pub(crate) fn tasks<'a>(&'a self, caller: Option<&'a str>) -> Option<Tasks<'a>> {
        Some(Tasks::new(self.provided.docket.as_ref()?, caller))
    }

    /// Reads the resource at `uri`.
    pub(crate) async fn read_resource(
        &self,
        uri: &str,
        context: Context,
    ) -> Result<Vec<ResourceContents>, RequestError> {
        let Some((resource, variables)) = self.registry.resource(uri) else {
            return Err(RequestError::UnknownResource {
                uri: uri.to_owned(),
            });
        };
        let by_rounds = context.runs_again_with_answers();
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
            Err(error) => Err(self.refusal("resource", uri, error, by_rounds)),
        }
    }

    /// The messages of a prompt, and its description.
    pub(crate) async fn get_prompt(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<(Vec<PromptMessage>, Option<&'static str>), RequestError> {
        let Some(prompt) = self.registry.prompt(name) else {
            let name = name.to_owned();
            return Err(RequestError::Unknown {
                kind: "prompt",
                name,
                nearest: None,
            });
        };
        let by_rounds = context.runs_again_with_answers();
        match prompt
            .entry
            .run(self.call(arguments, Encoding::Text, context))
            .await
        {
            Ok(messages) => Ok((messages, prompt.entry.description)),
            Err(error) => Err(self.refusal("prompt", name, error, by_rounds)),
        }
    }

    /// What is proposed for an argument of the prompt, or of the resource template, that is called
    /// `of`. `known` are the arguments that are given already.
    pub(crate) async fn complete(
        &self,
        of: CompletionOf<'_>,
        argument: &str,
        value: String,
        known: Map<String, Value>,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let parameters = match of {
            CompletionOf::Prompt(name) => match self.registry.prompt(name) {
                Some(prompt) => prompt.entry.parameters,
                None => return Err(unknown("prompt", name, [])),
            },
            CompletionOf::Resource(uri) => match self.registry.template(uri) {
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
            return Err(unknown("argument", argument, arguments.map(|it| it.name)));
        };
        let entry = parameter
            .completion
            .and_then(|it| it.downcast_ref::<CompletionEntry>());
        let Some(entry) = entry else {
            return Ok(Completions::default());
        };
        let takes = |name: &str| entry.parameters.iter().any(|it| it.name == name);
        let mut given: Map<String, Value> =
            known.into_iter().filter(|(name, _)| takes(name)).collect();
        given.insert("value".to_owned(), Value::String(value));
        match entry.run(self.call(given, Encoding::Text, context)).await {
            Ok(completions) => Ok(completions.truncated()),
            Err(error) => Err(self.refusal("completion", entry.name, error, false)),
        }
    }

    fn call(&self, arguments: Map<String, Value>, encoding: Encoding, context: Context) -> Call {
        let injector = Injector::new(Arc::clone(&self.provided), Origin::Request(context));
        Call::new(arguments, encoding, injector)
    }

    /// An error of a kind of component whose requests have no place for one in the answer.
    fn refusal(
        &self,
        kind: &'static str,
        name: &str,
        error: RunError,
        by_rounds: bool,
    ) -> RequestError {
        if let Some(error) = Self::said_to_the_protocol(&error, by_rounds) {
            return error;
        }
        match error {
            RunError::Call(CallError::Arguments(errors)) => RequestError::Arguments(errors),
            error => RequestError::Internal(self.message(kind, name, error)),
        }
    }

    /// What an error says to the protocol, and not to a model: for every kind of component.
    pub(crate) fn said_to_the_protocol(error: &RunError, by_rounds: bool) -> Option<RequestError> {
        let cause = match error {
            RunError::Suspended => return Some(RequestError::Suspended),
            RunError::Call(CallError::Failed(cause) | CallError::Dependency { cause, .. }) => cause,
            _ => return None,
        };
        if let Some(error) = cause.downcast_ref::<ProtocolError>() {
            return Some(RequestError::Protocol(error.clone()));
        }
        match cause.downcast_ref::<InputError>() {
            Some(InputError::Unsupported(kind)) if by_rounds => {
                Some(RequestError::Unsupported(*kind))
            }
            _ => None,
        }
    }

    /// What the client reads of an error. Argument errors are the client's own, so they are never
    /// masked; neither is what a [`ToolError`] says. The log has everything.
    fn message(&self, kind: &'static str, name: &str, error: RunError) -> String {
        match &error {
            RunError::Call(CallError::Arguments(errors)) => return errors.to_string(),
            RunError::Call(CallError::Failed(cause)) => {
                if let Some(message) = meant_for_the_client(cause) {
                    return message;
                }
                tracing::warn!(
                    component = kind,
                    name,
                    error = format!("{cause:#}"),
                    "failed"
                );
            }
            // How long it may take is no secret.
            RunError::TimedOut(_) => {
                tracing::warn!(component = kind, name, %error, "failed");
                return format!("{kind} `{name}` {error}");
            }
            error => {
                tracing::error!(component = kind, name, %error, "failed");
                // What a provider says to the client with a `ToolError`, such as "sign in first".
                if let RunError::Call(CallError::Dependency { cause, .. }) = error
                    && let Some(message) = meant_for_the_client(cause)
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
