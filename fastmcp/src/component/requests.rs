//! Requests for resources, prompts and completions: finds the component, and runs it within the middleware.

use serde_json::{Map, Value};

use crate::call::arguments::Encoding;
use crate::call::parameter_entry::{ParameterEntry, ParameterKind};
use crate::component::around::AroundError;
use crate::component::completion::choices::Choices;
use crate::component::completion::{CompletionEntry, Completions};
use crate::component::dispatch::Dispatcher;
use crate::component::prompt::PromptEntry;
use crate::component::request_error::RequestError;
use crate::component::resource::ResourceEntry;
use crate::context::request::Context;
use crate::mcp::ResourceContents;
use crate::middleware::request::{
    CompletionRequest, PromptGet, PromptResult, RequestKind, ResourceRead,
};

/// The component that a completion belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) enum CompletionOf<'a> {
    /// The prompt of this name.
    Prompt(&'a str),
    /// The resource template of this URI.
    Resource(&'a str),
}

/// A completion: the argument, the text typed so far, and the arguments that are filled in.
pub(crate) struct CompletionInput {
    pub(crate) argument: String,
    pub(crate) value: String,
    pub(crate) known: Map<String, Value>,
}

impl Dispatcher {
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
            return Err(unknown_resource(uri));
        };
        let component = || Some(resource.component());
        let Some(layers) = self.middleware.around(RequestKind::ResourceRead, component) else {
            return self.read(resource, uri, variables, context).await;
        };
        let runs_again = context.runs_again_with_answers();
        let read = ResourceRead {
            component: resource.component(),
            uri: uri.to_owned(),
            context,
        };
        let reply = self.around(layers, read, move |this, read| {
            let variables = variables.clone();
            Box::pin(async move {
                this.read(resource, &read.uri, variables, read.context)
                    .await
            })
        });
        self.reply("resource", uri, reply.await, runs_again)
    }

    /// Reads a resource without middleware.
    async fn read(
        &self,
        resource: &'static ResourceEntry,
        uri: &str,
        variables: Map<String, Value>,
        context: Context,
    ) -> Result<Vec<ResourceContents>, RequestError> {
        let runs_again = context.runs_again_with_answers();
        let call = self.handler_call(variables, Encoding::Text, context);
        match resource.entry.run(call).await {
            Ok(result) => {
                let contents = result.into_contents(uri, resource.mime_type);
                contents.ok_or_else(|| unknown_resource(uri))
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
    ) -> Result<PromptResult, RequestError> {
        let Some(prompt) = self.registry.prompt(name, &context.caller()) else {
            return Err(RequestError::unknown("prompt", name, []));
        };
        let component = || Some(prompt.component());
        let Some(layers) = self.middleware.around(RequestKind::PromptGet, component) else {
            return self.messages(prompt, arguments, context).await;
        };
        let runs_again = context.runs_again_with_answers();
        let get = PromptGet {
            component: prompt.component(),
            arguments,
            context,
        };
        let reply = self.around(layers, get, move |this, get| {
            Box::pin(async move { this.messages(prompt, get.arguments, get.context).await })
        });
        self.reply("prompt", name, reply.await, runs_again)
    }

    /// Returns the messages of a prompt without middleware.
    async fn messages(
        &self,
        prompt: &'static PromptEntry,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<PromptResult, RequestError> {
        let runs_again = context.runs_again_with_answers();
        let call = self.handler_call(arguments, Encoding::Text, context);
        match prompt.entry.run(call).await {
            Ok(messages) => Ok(PromptResult {
                messages,
                description: prompt.entry.description.map(ToOwned::to_owned),
            }),
            Err(error) => Err(self.request_error("prompt", prompt.entry.name, error, runs_again)),
        }
    }

    /// Returns suggested values for an argument of a prompt or a resource template.
    pub(crate) async fn complete(
        &self,
        of: CompletionOf<'_>,
        input: CompletionInput,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let caller = context.caller();
        let (component, parameters) = match of {
            CompletionOf::Prompt(name) => match self.registry.prompt(name, &caller) {
                Some(prompt) => (prompt.component(), prompt.entry.parameters),
                None => return Err(RequestError::unknown("prompt", name, [])),
            },
            CompletionOf::Resource(uri) => match self.registry.template(uri, &caller) {
                Some(resource) => (resource.component(), resource.entry.parameters),
                None => return Err(unknown_resource(uri)),
            },
        };
        let layers = self
            .middleware
            .around(RequestKind::Completion, || Some(component.clone()));
        let Some(layers) = layers else {
            return self.completions(parameters, input, context).await;
        };
        let name = component.key().to_owned();
        let request = CompletionRequest {
            component,
            argument: input.argument,
            value: input.value,
            known: input.known,
            context,
        };
        let reply = self.around(layers, request, move |this, request| {
            let input = CompletionInput {
                argument: request.argument,
                value: request.value,
                known: request.known,
            };
            Box::pin(async move { this.completions(parameters, input, request.context).await })
        });
        let reply = self.reply("completion", &name, reply.await, false);
        reply.map(Completions::truncated)
    }

    /// Returns suggested values without middleware.
    async fn completions(
        &self,
        parameters: &'static [ParameterEntry],
        input: CompletionInput,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let is_argument = |it: &&ParameterEntry| matches!(it.kind, ParameterKind::Argument { .. });
        let arguments = parameters.iter().filter(is_argument);
        let CompletionInput {
            argument,
            value,
            known,
        } = input;
        let Some(parameter) = arguments.clone().find(|it| it.name == argument) else {
            let names = arguments.map(|it| it.name);
            return Err(RequestError::unknown("argument", &argument, names));
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
        let call = self.handler_call(given, Encoding::Text, context);
        match entry.run(call).await {
            Ok(completions) => Ok(completions.truncated()),
            Err(error) => Err(self.request_error("completion", entry.name, error, false)),
        }
    }

    /// Converts the reply of middleware around a request that is not a call of a tool.
    pub(crate) fn reply<T>(
        &self,
        kind: &'static str,
        name: &str,
        reply: Result<T, AroundError>,
        runs_again: bool,
    ) -> Result<T, RequestError> {
        reply.map_err(|error| match error {
            AroundError::Request(error) => error,
            AroundError::Middleware(error) => self.request_error(kind, name, error, runs_again),
        })
    }
}

pub(crate) fn unknown_resource(uri: &str) -> RequestError {
    RequestError::UnknownResource {
        uri: uri.to_owned(),
    }
}
