//! Offers the components of a remote server.

use futures_util::FutureExt;
use rmcp::model::{CallToolResult, CompleteResult, GetPromptResult, ReadResourceResult};
use serde_json::{Map, Value, json};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::client::upstream::link::Link;
use crate::client::upstream::lists::{of_prompt, of_tool};
use crate::client::upstream::relay;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::{CompletionInput, CompletionOf, Part, Reply, driven};
use crate::component::request_error::RequestError;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::error::{Error, ProtocolError};
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::middleware::request::PromptResult;

/// Converts the error of a request that is not a call of a tool.
fn request_error(error: Error) -> RequestError {
    match error.downcast::<ProtocolError>() {
        Ok(error) => RequestError::Protocol(error),
        Err(error) => RequestError::Internal(error.to_string()),
    }
}

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
        _: Option<TaskCall>,
    ) -> Reply<'_, ToolResult> {
        async move {
            let params = json!({ "name": name, "arguments": arguments });
            let call = relay::request(&self.shared, &context, "tools/call", params);
            let result: CallToolResult = match driven(&context, call).await? {
                Ok(result) => result,
                Err(error) if error.is::<ProtocolError>() => return Err(request_error(error)),
                Err(error) => return Ok(ToolResult::error(error.to_string())),
            };
            let mut converted = ToolResult::new(result.content);
            converted.structured_content = result.structured_content;
            converted.is_error = result.is_error.unwrap_or(false);
            converted.meta = result.meta.map(|meta| meta.0);
            Ok(converted)
        }
        .boxed()
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
