//! [`Mounted`]: a server that is a part of another one.

use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Map, Value};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::dispatch::Dispatcher;
use crate::component::lint::Lint;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply, Watch};
use crate::component::remote_task::RemoteTask;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
#[cfg(feature = "skills")]
use crate::mcp::Skill;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::middleware::request::PromptResult;

/// A server that is a part of another one. Its handlers see it as their server.
pub(crate) struct Mounted(pub(crate) Arc<Dispatcher>);

impl Mounted {
    /// Returns the request as a request of the mounted server.
    fn context(&self, context: &Context) -> Context {
        let handle = Arc::clone(&self.0) as _;
        context.for_server(handle, Arc::clone(&self.0.identity.name))
    }
}

impl Part for Mounted {
    fn components(&self) -> Vec<Component> {
        self.0.components()
    }

    fn tool(&self, name: &str, caller: Option<&Caller>) -> Option<Component> {
        self.0.tool_component(name, caller)
    }

    fn prompt(&self, name: &str, caller: Option<&Caller>) -> Option<Component> {
        self.0.prompt_component(name, caller)
    }

    fn resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        self.0.resource_component(uri, caller)
    }

    fn template(&self, uri: &str, caller: Option<&Caller>) -> Option<Component> {
        self.0.template_component(uri, caller)
    }

    fn tools(&self, caller: &Caller) -> Vec<Tool> {
        self.0.tools(caller)
    }

    fn prompts(&self, caller: &Caller) -> Vec<Prompt> {
        self.0.prompts(caller)
    }

    fn resources(&self, caller: &Caller) -> Vec<Resource> {
        self.0.resources(caller)
    }

    fn templates(&self, caller: &Caller) -> Vec<ResourceTemplate> {
        self.0.resource_templates(caller)
    }

    fn listing(&self, name: &str) -> Option<Tool> {
        self.0.listing(name)
    }

    fn list_tools(&self, context: Context) -> Reply<'_, Vec<Tool>> {
        self.0.list_tools(self.context(&context)).boxed()
    }

    fn list_prompts(&self, context: Context) -> Reply<'_, Vec<Prompt>> {
        self.0.list_prompts(self.context(&context)).boxed()
    }

    fn list_resources(&self, context: Context) -> Reply<'_, Vec<Resource>> {
        self.0.list_resources(self.context(&context)).boxed()
    }

    fn list_templates(&self, context: Context) -> Reply<'_, Vec<ResourceTemplate>> {
        self.0
            .list_resource_templates(self.context(&context))
            .boxed()
    }

    fn call_tool(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        let context = self.context(&context);
        let task = task.map(|task| task.with_context(context.clone()));
        async move { self.0.call_any_tool(&name, arguments, context, task).await }.boxed()
    }

    fn read_resource(&self, uri: String, context: Context) -> Reply<'_, Vec<ResourceContents>> {
        let context = self.context(&context);
        async move { self.0.read_resource(&uri, context).await }.boxed()
    }

    fn get_prompt(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Reply<'_, PromptResult> {
        let context = self.context(&context);
        async move { self.0.get_prompt(&name, arguments, context).await }.boxed()
    }

    fn complete(
        &self,
        of: CompletionOf,
        input: CompletionInput,
        context: Context,
    ) -> Reply<'_, Completions> {
        let context = self.context(&context);
        async move { self.0.complete(of, input, context).await }.boxed()
    }

    #[cfg(feature = "skills")]
    fn skills(&self, context: Context) -> Reply<'_, Vec<Skill>> {
        self.0.list_skills(self.context(&context)).boxed()
    }

    #[cfg(feature = "skills")]
    fn skill(&self, uri: String, context: Context) -> Reply<'_, Option<Skill>> {
        let context = self.context(&context);
        async move { self.0.get_skill(&uri, context).await.map(Some) }.boxed()
    }

    #[cfg(feature = "skills")]
    fn folder(&self, uri: &str, caller: Option<&Caller>) -> Vec<Component> {
        self.0.folder_skills(uri, caller)
    }

    #[cfg(feature = "skills")]
    fn read_folder(&self, uri: String, context: Context) -> Reply<'_, Vec<Resource>> {
        let context = self.context(&context);
        async move { self.0.read_directory(&uri, context).await }.boxed()
    }

    #[cfg(feature = "skills")]
    fn offers_skills(&self) -> bool {
        self.0.offers_skills()
    }

    fn lints(&self, outer: &dyn Fn(&str) -> String) -> Vec<Lint> {
        self.0.tool_lints(outer)
    }

    fn remote_task(&self, id: &str, context: &Context) -> Option<Box<dyn RemoteTask>> {
        self.0.remote_task(id, context)
    }

    fn makes_tasks(&self) -> bool {
        self.0.makes_remote_tasks()
    }

    fn watch(&self, uri: &str) -> Option<Watch> {
        self.0.watch(uri)
    }

    fn resource_key(&self, uri: &str) -> String {
        self.0.resource_key(uri)
    }

    fn offers(&self, kind: ComponentKind) -> bool {
        self.0.offers(kind)
    }

    fn completes(&self) -> bool {
        self.0.completes()
    }

    fn has_apps(&self) -> bool {
        self.0.has_apps()
    }

    fn is_restricted(&self) -> bool {
        self.0.is_restricted()
    }

    fn bounds_answers(&self) -> bool {
        self.0.bounds_answers()
    }
}
