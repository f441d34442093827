//! [`Attached`]: a part of a server under its prefix.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::output::tool_result::ToolResult;
use crate::component::part::Part;
use crate::component::prefix::Prefix;
use crate::component::remote_task::RemoteTask;
use crate::component::request_error::RequestError;
use crate::component::task_view::{TaskStatus, TaskView};
use crate::component::ui;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::mcp::{
    ContentBlock, Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool,
};

/// A part of a server, and the prefix of its names; `None` if they have none.
#[derive(Clone)]
pub(crate) struct Attached {
    pub(crate) prefix: Option<Prefix>,
    pub(crate) part: Arc<dyn Part>,
}

/// A component of a part.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) attached: Attached,
    /// The name or the URI within the part.
    pub(crate) name: String,
    /// The component, with the prefix.
    pub(crate) component: Component,
}

impl Attached {
    /// Returns the name or the URI of a component within the part.
    pub(crate) fn inner(&self, kind: ComponentKind, name: &str) -> Option<String> {
        match (&self.prefix, kind) {
            (None, _) => Some(name.to_owned()),
            (Some(prefix), ComponentKind::Resource) => prefix.without_uri(name),
            (Some(prefix), _) => prefix.without(name).map(ToOwned::to_owned),
        }
    }

    /// Returns the name of a tool or a prompt for clients.
    pub(crate) fn outer_name(&self, name: &str) -> String {
        let prefix = self.prefix.as_ref();
        prefix.map_or_else(|| name.to_owned(), |it| it.name(name))
    }

    /// Returns the URI of a resource for clients.
    pub(crate) fn outer_uri(&self, uri: &str) -> String {
        let prefix = self.prefix.as_ref();
        prefix.map_or_else(|| uri.to_owned(), |it| it.uri(uri))
    }

    /// Returns a component of the part, as clients see it.
    pub(crate) fn outer(&self, component: Component) -> Component {
        match &self.prefix {
            Some(prefix) => component.with_prefix(prefix),
            None => component,
        }
    }

    /// Finds a tool.
    pub(crate) fn tool(&self, name: &str, caller: Option<&Caller>) -> Option<Found> {
        let name = self.inner(ComponentKind::Tool, name)?;
        let component = self.part.tool(&name, caller)?;
        Some(self.found(name, component))
    }

    /// Finds a prompt.
    pub(crate) fn prompt(&self, name: &str, caller: Option<&Caller>) -> Option<Found> {
        let name = self.inner(ComponentKind::Prompt, name)?;
        let component = self.part.prompt(&name, caller)?;
        Some(self.found(name, component))
    }

    /// Finds the resource at `uri`, or the template that matches it.
    pub(crate) fn resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Found> {
        let uri = self.inner(ComponentKind::Resource, uri)?;
        let component = self.part.resource(&uri, caller)?;
        Some(self.found(uri, component))
    }

    /// Finds the resource or the template that is declared with this URI.
    pub(crate) fn template(&self, uri: &str, caller: Option<&Caller>) -> Option<Found> {
        let uri = self.inner(ComponentKind::Resource, uri)?;
        let component = self.part.template(&uri, caller)?;
        Some(self.found(uri, component))
    }

    /// Finds a task of a remote server.
    pub(crate) fn remote_task(&self, id: &str, context: &Context) -> Option<Box<dyn RemoteTask>> {
        let task = self.part.remote_task(id, context)?;
        Some(Box::new(AttachedTask {
            attached: self.clone(),
            task,
        }))
    }

    fn found(&self, name: String, component: Component) -> Found {
        Found {
            attached: self.clone(),
            name,
            component: self.outer(component),
        }
    }

    /// Returns the listing of a tool for clients.
    pub(crate) fn outer_tool(&self, mut tool: Tool) -> Tool {
        if self.prefix.is_some() {
            tool.name = self.outer_name(&tool.name).into();
            let is_own = |uri: &str| self.part.resource(uri, None).is_some();
            ui::rewrite(&mut tool, |uri| is_own(uri).then(|| self.outer_uri(uri)));
        }
        tool
    }

    /// Returns the listing of a prompt for clients.
    pub(crate) fn outer_prompt(&self, mut prompt: Prompt) -> Prompt {
        if self.prefix.is_some() {
            prompt.name = self.outer_name(&prompt.name);
        }
        prompt
    }

    /// Returns the listing of a resource for clients.
    pub(crate) fn outer_resource(&self, mut resource: Resource) -> Resource {
        if self.prefix.is_some() {
            resource.uri = self.outer_uri(&resource.uri);
        }
        resource
    }

    /// Returns the listing of a resource template for clients.
    pub(crate) fn outer_template(&self, mut template: ResourceTemplate) -> ResourceTemplate {
        if self.prefix.is_some() {
            template.uri_template = self.outer_uri(&template.uri_template);
        }
        template
    }

    /// Returns the URI of a folder within the part.
    #[cfg(feature = "skills")]
    pub(crate) fn inner_uri(&self, uri: &str) -> Option<String> {
        self.inner(ComponentKind::Resource, uri)
    }

    /// Returns the entry of a skill for clients.
    #[cfg(feature = "skills")]
    pub(crate) fn outer_skill(&self, mut skill: crate::mcp::Skill) -> crate::mcp::Skill {
        if self.prefix.is_some() {
            skill.uri = self.outer_uri(&skill.uri);
            if let crate::mcp::SkillResources::Files(files) = &mut skill.resources {
                for file in files {
                    file.uri = self.outer_uri(&file.uri);
                }
            }
        }
        skill
    }

    /// Adds the prefix to the URIs in a result that lead to resources of the part. Other URIs, such as those of web
    /// pages, stay the same.
    pub(crate) fn outer_result(&self, mut result: ToolResult) -> ToolResult {
        if self.prefix.is_some() {
            for block in &mut result.content {
                self.rewrite_block(block);
            }
        }
        result
    }

    /// Adds the prefix to the URIs in messages that lead to resources of the part.
    pub(crate) fn outer_messages(&self, mut messages: Vec<PromptMessage>) -> Vec<PromptMessage> {
        if self.prefix.is_some() {
            for message in &mut messages {
                self.rewrite_block(&mut message.content);
            }
        }
        messages
    }

    /// Adds the prefix to the URIs of contents. `read` is the URI of the read resource within the part.
    pub(crate) fn outer_contents(
        &self,
        mut contents: Vec<ResourceContents>,
        read: &str,
    ) -> Vec<ResourceContents> {
        if self.prefix.is_some() {
            for content in &mut contents {
                let Some(uri) = uri_of(content) else {
                    continue;
                };
                if *uri == read {
                    *uri = self.outer_uri(uri);
                } else {
                    self.rewrite(uri);
                }
            }
        }
        contents
    }

    fn rewrite_block(&self, block: &mut ContentBlock) {
        match block {
            ContentBlock::Resource(embedded) => {
                if let Some(uri) = uri_of(&mut embedded.resource) {
                    self.rewrite(uri);
                }
            }
            ContentBlock::ResourceLink(link) => self.rewrite(&mut link.uri),
            _ => {}
        }
    }

    fn rewrite(&self, uri: &mut String) {
        if self.part.resource(uri, None).is_some() {
            *uri = self.outer_uri(uri);
        }
    }
}

/// A task of a remote server, with the prefix of its part.
struct AttachedTask {
    attached: Attached,
    task: Box<dyn RemoteTask>,
}

impl RemoteTask for AttachedTask {
    fn tool(&self) -> String {
        self.attached.outer_name(&self.task.tool())
    }

    fn get(&self) -> BoxFuture<'_, Result<TaskView, RequestError>> {
        async move {
            let mut view = self.task.get().await?;
            if let TaskStatus::Completed(result) = view.status {
                view.status = TaskStatus::Completed(self.attached.outer_result(result));
            }
            Ok(view)
        }
        .boxed()
    }

    fn update(&self, answers: Map<String, Value>) -> BoxFuture<'_, Result<(), RequestError>> {
        self.task.update(answers)
    }

    fn cancel(&self) -> BoxFuture<'_, Result<(), RequestError>> {
        self.task.cancel()
    }
}

fn uri_of(contents: &mut ResourceContents) -> Option<&mut String> {
    match contents {
        ResourceContents::TextResourceContents { uri, .. }
        | ResourceContents::BlobResourceContents { uri, .. } => Some(uri),
        _ => None,
    }
}
