//! Serves the components that are added while a server runs.

use futures_util::FutureExt;
use futures_util::future::ready;
use serde_json::{Map, Value};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::added::AddedComponents;
use crate::component::completion::Completions;
use crate::component::dynamic::{DynamicPrompt, DynamicResource, DynamicTool};
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply, driven};
use crate::component::request_error::RequestError;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::error::ProtocolError;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::middleware::request::{PromptGet, PromptResult, ResourceRead, ToolCall};
use crate::normal_uri::NormalUri;

fn gone(kind: &'static str, name: &str) -> RequestError {
    RequestError::unknown(kind, name, [])
}

impl Part for AddedComponents {
    fn components(&self) -> Vec<Component> {
        let components = self.read();
        let tools = components.tools.values().map(DynamicTool::component);
        let resources = components
            .resources
            .values()
            .map(DynamicResource::component);
        let prompts = components.prompts.values().map(DynamicPrompt::component);
        tools.chain(resources).chain(prompts).collect()
    }

    fn tool(&self, name: &str, caller: Option<&Caller>) -> Option<Component> {
        let component = self.read().tools.get(name)?.component();
        Self::may_use(caller, &component).then_some(component)
    }

    fn prompt(&self, name: &str, caller: Option<&Caller>) -> Option<Component> {
        let component = self.read().prompts.get(name)?.component();
        Self::may_use(caller, &component).then_some(component)
    }

    fn resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        let key = NormalUri::new(uri).key();
        let component = self.read().resources.get(&key)?.component();
        Self::may_use(caller, &component).then_some(component)
    }

    fn template(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        self.resource(uri, caller)
    }

    fn tools(&self, caller: &Caller) -> Vec<Tool> {
        let components = self.read();
        let tools = components.tools.values();
        let tools = tools.filter(|it| Self::may_use(Some(caller), &it.component()));
        tools.map(DynamicTool::listing).collect()
    }

    fn prompts(&self, caller: &Caller) -> Vec<Prompt> {
        let components = self.read();
        let prompts = components.prompts.values();
        let prompts = prompts.filter(|it| Self::may_use(Some(caller), &it.component()));
        prompts.map(DynamicPrompt::listing).collect()
    }

    fn resources(&self, caller: &Caller) -> Vec<Resource> {
        let components = self.read();
        let resources = components.resources.values();
        let resources = resources.filter(|it| Self::may_use(Some(caller), &it.component()));
        resources.map(DynamicResource::listing).collect()
    }

    fn templates(&self, _: &Caller) -> Vec<ResourceTemplate> {
        Vec::new()
    }

    fn listing(&self, name: &str) -> Option<Tool> {
        Some(self.read().tools.get(name)?.listing())
    }

    fn call_tool(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        let tool = self.read().tools.get(&name).cloned();
        let Some(tool) = tool else {
            return ready(Err(gone("tool", &name))).boxed();
        };
        let call = ToolCall {
            component: tool.component(),
            arguments,
            context: context.clone(),
            task,
        };
        async move {
            match driven(&context, (tool.handler)(call)).await? {
                Ok(result) => Ok(result),
                Err(error) if error.is::<ProtocolError>() => {
                    Err(self.error(ComponentKind::Tool, &name, error))
                }
                Err(error) => {
                    let message = self.message(ComponentKind::Tool, &name, &error);
                    Ok(ToolResult::error(message))
                }
            }
        }
        .boxed()
    }

    fn read_resource(&self, uri: String, context: Context) -> Reply<'_, Vec<ResourceContents>> {
        let key = NormalUri::new(&uri).key();
        let resource = self.read().resources.get(&key).cloned();
        let unknown = |uri: &str| RequestError::UnknownResource {
            uri: uri.to_owned(),
        };
        let Some(resource) = resource else {
            return ready(Err(unknown(&uri))).boxed();
        };
        let read = ResourceRead {
            component: resource.component(),
            uri: uri.clone(),
            context: context.clone(),
        };
        async move {
            let reply = driven(&context, (resource.handler)(read)).await?;
            let result = reply.map_err(|it| self.error(ComponentKind::Resource, &uri, it))?;
            let contents = result.into_contents(&uri, resource.mime_type.as_deref());
            contents.ok_or_else(|| unknown(&uri))
        }
        .boxed()
    }

    fn get_prompt(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Reply<'_, PromptResult> {
        let prompt = self.read().prompts.get(&name).cloned();
        let Some(prompt) = prompt else {
            return ready(Err(gone("prompt", &name))).boxed();
        };
        let get = PromptGet {
            component: prompt.component(),
            arguments,
            context: context.clone(),
        };
        async move {
            let reply = driven(&context, (prompt.handler)(get)).await?;
            let messages = reply.map_err(|it| self.error(ComponentKind::Prompt, &name, it))?;
            Ok(PromptResult {
                messages,
                description: prompt.description.clone(),
            })
        }
        .boxed()
    }

    fn complete(&self, _: CompletionOf, _: CompletionInput, _: Context) -> Reply<'_, Completions> {
        ready(Ok(Completions::default())).boxed()
    }

    fn offers(&self, kind: ComponentKind) -> bool {
        let components = self.read();
        self.is_declared()
            || match kind {
                ComponentKind::Tool => !components.tools.is_empty(),
                ComponentKind::Resource => !components.resources.is_empty(),
                ComponentKind::Prompt => !components.prompts.is_empty(),
            }
    }

    fn completes(&self) -> bool {
        false
    }
}
