//! Offers the components of a remote server.

use std::sync::atomic::Ordering;

use futures_util::FutureExt;
use rmcp::model::{CompleteResult, GetPromptResult, ReadResourceResult};
use serde_json::{Map, Value, json};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::client::upstream::call::{self, Called};
use crate::client::upstream::link::Link;
use crate::client::upstream::lists::{of_prompt, of_tool};
use crate::client::upstream::relay::{self, request_error};
use crate::client::upstream::tasks;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply, Watch, driven};
use crate::component::remote_task::RemoteTask;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::error::ProtocolError;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::middleware::request::PromptResult;

impl Part for Link {
    fn components(&self) -> Vec<Component> {
        self.shared.lists().components()
    }

    fn tool(&self, name: &str, _: Option<&Caller>) -> Option<Component> {
        self.shared.lists().tools.get(name).map(of_tool)
    }

    fn prompt(&self, name: &str, _: Option<&Caller>) -> Option<Component> {
        self.shared.lists().prompts.get(name).map(of_prompt)
    }

    fn resource(&self, uri: &str, _: Option<&Caller>) -> Option<Component> {
        self.shared.lists().resource(uri)
    }

    fn template(&self, uri: &str, _: Option<&Caller>) -> Option<Component> {
        self.shared.lists().template(uri)
    }

    fn tools(&self, _: &Caller) -> Vec<Tool> {
        self.shared.lists().tools.values().cloned().collect()
    }

    fn prompts(&self, _: &Caller) -> Vec<Prompt> {
        self.shared.lists().prompts.values().cloned().collect()
    }

    fn resources(&self, _: &Caller) -> Vec<Resource> {
        self.shared.lists().resources.values().cloned().collect()
    }

    fn templates(&self, _: &Caller) -> Vec<ResourceTemplate> {
        self.shared.lists().templates.values().cloned().collect()
    }

    fn listing(&self, name: &str) -> Option<Tool> {
        self.shared.lists().tools.get(name).cloned()
    }

    fn call_tool(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        async move {
            let accepts_task = task.is_none();
            let call = call::call(&self.shared, &context, &name, arguments, accepts_task);
            match driven(&context, call).await? {
                Ok(Called::Result(result)) => Ok(result),
                Ok(Called::Task(created)) => Err(created),
                Err(error) if error.is::<ProtocolError>() => Err(request_error(error)),
                Err(error) => Ok(ToolResult::error(error.to_string())),
            }
        }
        .boxed()
    }

    fn remote_task(&self, id: &str, context: &Context) -> Option<Box<dyn RemoteTask>> {
        tasks::find(&self.shared, id, context)
    }

    fn makes_tasks(&self) -> bool {
        self.shared.makes_tasks.load(Ordering::Relaxed)
    }

    fn watch(&self, uri: &str) -> Option<Watch> {
        let watcher = self.shared.watched.add(uri);
        if watcher.is_none() {
            let server = &self.shared.name;
            tracing::warn!(server, uri, "too many resources are watched");
        }
        Some(Box::new(watcher?))
    }

    fn read_resource(&self, uri: String, context: Context) -> Reply<'_, Vec<ResourceContents>> {
        async move {
            let params = json!({ "uri": uri });
            let read = relay::request(&self.shared, &context, "resources/read", params);
            let result: ReadResourceResult =
                driven(&context, read).await?.map_err(request_error)?;
            Ok(result.contents)
        }
        .boxed()
    }

    fn get_prompt(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Reply<'_, PromptResult> {
        async move {
            let params = json!({ "name": name, "arguments": arguments });
            let get = relay::request(&self.shared, &context, "prompts/get", params);
            let result: GetPromptResult = driven(&context, get).await?.map_err(request_error)?;
            let mut prompt = PromptResult::new(result.messages);
            prompt.description = result.description;
            Ok(prompt)
        }
        .boxed()
    }

    fn complete(
        &self,
        of: CompletionOf,
        input: CompletionInput,
        context: Context,
    ) -> Reply<'_, Completions> {
        async move {
            let reference = match of {
                CompletionOf::Prompt(name) => json!({ "type": "ref/prompt", "name": name }),
                CompletionOf::Resource(uri) => json!({ "type": "ref/resource", "uri": uri }),
            };
            let params = json!({
                "ref": reference,
                "argument": { "name": input.argument, "value": input.value },
                "context": { "arguments": input.known },
            });
            let complete = relay::request(&self.shared, &context, "completion/complete", params);
            let result: CompleteResult = complete.await.map_err(request_error)?;
            let info = result.completion;
            let mut completions = Completions::new(info.values);
            completions.total = info.total;
            completions.has_more = info.has_more.unwrap_or(false);
            Ok(completions)
        }
        .boxed()
    }

    // A remote server that cannot be reached yet may have components of any kind.
    fn offers(&self, _: ComponentKind) -> bool {
        true
    }

    fn completes(&self) -> bool {
        true
    }
}
