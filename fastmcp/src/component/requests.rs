//! Requests for resources, prompts and completions: finds the component, and runs it within the middleware.

use serde_json::{Map, Value};

use crate::call::decode_argument::Encoding;
use crate::call::parameter_entry::ParameterEntry;
use crate::component::around::AroundError;
use crate::component::attached::Found;
use crate::component::completion::choices::Choices;
use crate::component::completion::{CompletionEntry, Completions};
use crate::component::dispatch::Dispatcher;
use crate::component::part::{CompletionInput, CompletionOf};
use crate::component::prompt::PromptEntry;
use crate::component::request_error::RequestError;
use crate::component::resource::ResourceEntry;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::mcp::ResourceContents;
use crate::middleware::request::{
    CompletionRequest, PromptGet, PromptResult, RequestKind, ResourceRead,
};

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
        let caller = context.caller();
        let Some((resource, variables)) = self.registry.resource(uri, &caller) else {
            return match self.part_resource(uri, Some(&caller)) {
                Some(found) => self.read_of_part(uri, found, context).await,
                None => Err(unknown_resource(uri)),
            };
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

    /// Reads a resource of a part.
    async fn read_of_part(
        &self,
        uri: &str,
        found: Found,
        context: Context,
    ) -> Result<Vec<ResourceContents>, RequestError> {
        let component = || Some(found.component.clone());
        let Some(layers) = self.middleware.around(RequestKind::ResourceRead, component) else {
            return read_part(&found, context).await;
        };
        let runs_again = context.runs_again_with_answers();
        let read = ResourceRead {
            component: found.component.clone(),
            uri: uri.to_owned(),
            context,
        };
        let reply = self.around(layers, read, move |_, read| {
            let found = found.clone();
            Box::pin(async move { read_part(&found, read.context).await })
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
                let contents = contents.ok_or_else(|| unknown_resource(uri))?;
                Ok(match resource.entry.options.ui_resource {
                    Some(ui) => ui.complete(contents),
                    None => contents,
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
    ) -> Result<PromptResult, RequestError> {
        let caller = context.caller();
        let Some(prompt) = self.registry.prompt(name, &caller) else {
            return match self.part_prompt(name, Some(&caller)) {
                Some(found) => self.prompt_of_part(found, arguments, context).await,
                None => Err(RequestError::unknown("prompt", name, [])),
            };
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

    /// Returns the messages of a prompt of a part.
    async fn prompt_of_part(
        &self,
        found: Found,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Result<PromptResult, RequestError> {
        let component = || Some(found.component.clone());
        let Some(layers) = self.middleware.around(RequestKind::PromptGet, component) else {
            return prompt_part(&found, arguments, context).await;
        };
        let runs_again = context.runs_again_with_answers();
        let name = found.component.name.clone();
        let get = PromptGet {
            component: found.component.clone(),
            arguments,
            context,
        };
        let reply = self.around(layers, get, move |_, get| {
            let found = found.clone();
            Box::pin(async move { prompt_part(&found, get.arguments, get.context).await })
        });
        self.reply("prompt", &name, reply.await, runs_again)
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
        of: CompletionOf,
        input: CompletionInput,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let caller = context.caller();
        let own = match &of {
            CompletionOf::Prompt(name) => {
                let prompt = self.registry.prompt(name, &caller);
                prompt.map(|it| (it.component(), it.entry.all_parameters()))
            }
            CompletionOf::Resource(uri) => {
                let resource = self.registry.template(uri, &caller);
                resource.map(|it| (it.component(), it.entry.all_parameters()))
            }
        };
        let (component, source) = match own {
            Some((component, parameters)) => (component, Source::Own(parameters)),
            None => {
                let found = match &of {
                    CompletionOf::Prompt(name) => self.part_prompt(name, Some(&caller)),
                    CompletionOf::Resource(uri) => self.part_template(uri, Some(&caller)),
                };
                let found = found.ok_or_else(|| match &of {
                    CompletionOf::Prompt(name) => RequestError::unknown("prompt", name, []),
                    CompletionOf::Resource(uri) => unknown_resource(uri),
                })?;
                (found.component.clone(), Source::Part(found))
            }
        };
        let around = || Some(component.clone());
        let Some(layers) = self.middleware.around(RequestKind::Completion, around) else {
            return self.completions_of(source, input, context).await;
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
            let source = source.clone();
            Box::pin(async move { this.completions_of(source, input, request.context).await })
        });
        let reply = self.reply("completion", &name, reply.await, false);
        reply.map(Completions::truncated)
    }

    async fn completions_of(
        &self,
        source: Source,
        input: CompletionInput,
        context: Context,
    ) -> Result<Completions, RequestError> {
        match source {
            Source::Own(parameters) => self.completions(parameters, input, context).await,
            Source::Part(found) => {
                let of = match found.component.kind {
                    ComponentKind::Prompt => CompletionOf::Prompt(found.name),
                    _ => CompletionOf::Resource(found.name),
                };
                found.attached.part.complete(of, input, context).await
            }
        }
    }

    /// Returns suggested values without middleware.
    async fn completions(
        &self,
        parameters: Vec<&'static ParameterEntry>,
        input: CompletionInput,
        context: Context,
    ) -> Result<Completions, RequestError> {
        let arguments = parameters.into_iter().filter(|it| it.is_argument());
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

/// The component whose argument is completed.
#[derive(Clone)]
enum Source {
    Own(Vec<&'static ParameterEntry>),
    Part(Found),
}

async fn read_part(found: &Found, context: Context) -> Result<Vec<ResourceContents>, RequestError> {
    let Found { attached, name, .. } = found;
    let contents = attached.part.read_resource(name.clone(), context).await;
    match contents {
        Ok(contents) => Ok(attached.outer_contents(contents, name)),
        Err(RequestError::UnknownResource { uri }) => Err(RequestError::UnknownResource {
            uri: attached.outer_uri(&uri),
        }),
        Err(error) => Err(error),
    }
}

async fn prompt_part(
    found: &Found,
    arguments: Map<String, Value>,
    context: Context,
) -> Result<PromptResult, RequestError> {
    let Found { attached, name, .. } = found;
    let prompt = attached.part.get_prompt(name.clone(), arguments, context);
    let mut prompt = prompt.await?;
    prompt.messages = attached.outer_messages(prompt.messages);
    Ok(prompt)
}

pub(crate) fn unknown_resource(uri: &str) -> RequestError {
    RequestError::UnknownResource {
        uri: uri.to_owned(),
    }
}
