//! Dispatch: from a request's name and arguments to its answer, whatever the transport.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::component::run::RunError;
use crate::component::{Registry, ToolResult};
use crate::context::Context;
use crate::dependencies::{Injector, Origin, Provided};
use crate::error::ToolError;
use crate::mcp::{PromptMessage, ResourceContents};
use crate::parameter::{ArgumentErrors, Call, CallError, Encoding};
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
}

fn did_you_mean(nearest: Option<&str>) -> String {
    nearest
        .map(|nearest| format!("; did you mean `{nearest}`?"))
        .unwrap_or_default()
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
        let Some(tool) = self.registry.tool(name) else {
            let known = self
                .registry
                .list_tools()
                .iter()
                .map(|tool| tool.name.as_ref());
            let nearest = nearest(name, known).and_then(|name| self.registry.tool(name));
            return Err(RequestError::Unknown {
                kind: "tool",
                name: name.to_owned(),
                nearest: nearest.map(|tool| tool.entry.name),
            });
        };
        let reply = tool
            .entry
            .run(self.call(arguments, tool.encoding(), context))
            .await;
        Ok(reply.unwrap_or_else(|error| ToolResult::error(self.message("tool", name, error))))
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
        match resource
            .entry
            .run(self.call(variables, Encoding::Text, context))
            .await
        {
            Ok(result) => Ok(result.into_contents(uri, resource.mime_type)),
            Err(error) => Err(self.refusal("resource", uri, error)),
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
        match prompt
            .entry
            .run(self.call(arguments, Encoding::Text, context))
            .await
        {
            Ok(messages) => Ok((messages, prompt.entry.description)),
            Err(error) => Err(self.refusal("prompt", name, error)),
        }
    }

    fn call(&self, arguments: Map<String, Value>, encoding: Encoding, context: Context) -> Call {
        let injector = Injector::new(Arc::clone(&self.provided), Origin::Request(context));
        Call::new(arguments, encoding, injector)
    }

    /// An error of a kind of component whose requests have no place for one in the answer.
    fn refusal(&self, kind: &'static str, name: &str, error: RunError) -> RequestError {
        match error {
            RunError::Call(CallError::Arguments(errors)) => RequestError::Arguments(errors),
            error => RequestError::Internal(self.message(kind, name, error)),
        }
    }

    /// What the client reads of an error. Argument errors are the client's own, so they are never
    /// masked; neither is what a [`ToolError`] says. The log has everything.
    fn message(&self, kind: &'static str, name: &str, error: RunError) -> String {
        match &error {
            RunError::Call(CallError::Arguments(errors)) => return errors.to_string(),
            RunError::Call(CallError::Failed(cause)) => {
                if let Some(message) = cause.downcast_ref::<ToolError>() {
                    return message.to_string();
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
                    && let Some(message) = cause.downcast_ref::<ToolError>()
                {
                    return message.to_string();
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
