//! [`Part`]: components of a server that no attribute of its program declares.
//!
//! A mounted server, a remote server and the components that are added while a server runs are parts.

use std::any::Any;
use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use serde_json::{Map, Value};

use crate::call::inject::origin::TaskCall;
use crate::caller::Caller;
use crate::component::access::Component;
use crate::component::completion::Completions;
use crate::component::lint::Lint;
use crate::component::output::tool_result::ToolResult;
use crate::component::remote_task::RemoteTask;
use crate::component::request_error::RequestError;
use crate::component::run::panic_message;
use crate::component::tool_lints;
use crate::component::ui;
use crate::component_kind::ComponentKind;
use crate::context::request::Context;
use crate::error::Error;
#[cfg(feature = "skills")]
use crate::mcp::Skill;
use crate::mcp::{Prompt, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::middleware::request::PromptResult;
use crate::normal_uri::NormalUri;

/// The component that a completion belongs to.
#[derive(Debug, Clone)]
pub(crate) enum CompletionOf {
    /// The prompt of this name.
    Prompt(String),
    /// The resource template of this URI.
    Resource(String),
}

/// A completion: the argument, the text typed so far, and the arguments that are filled in.
#[derive(Debug, Clone)]
pub(crate) struct CompletionInput {
    pub(crate) argument: String,
    pub(crate) value: String,
    pub(crate) known: Map<String, Value>,
}

/// The reply to a request.
pub(crate) type Reply<'a, T> = BoxFuture<'a, Result<T, RequestError>>;

/// Asks a remote server for the updates of a resource, until it is dropped.
pub(crate) type Watch = Box<dyn Any + Send + Sync>;

/// A part of a server. It knows its own names, without the prefix.
///
/// A method that looks a component up takes the caller who must be allowed to use it; `None` finds every component.
pub(crate) trait Part: Send + Sync {
    /// Returns all components, also those that callers may not use.
    fn components(&self) -> Vec<Component>;
    /// Returns the tool of this name.
    fn tool(&self, name: &str, caller: Option<&Caller>) -> Option<Component>;
    /// Returns the prompt of this name.
    fn prompt(&self, name: &str, caller: Option<&Caller>) -> Option<Component>;
    /// Returns the resource at `uri`, or the template that matches it.
    fn resource(&self, uri: &str, caller: Option<&Caller>) -> Option<Component>;
    /// Returns the resource or the template that is declared with this URI.
    fn template(&self, uri: &str, caller: Option<&Caller>) -> Option<Component>;

    /// Returns the tools that the caller may use.
    fn tools(&self, caller: &Caller) -> Vec<Tool>;
    /// Returns the prompts that the caller may use.
    fn prompts(&self, caller: &Caller) -> Vec<Prompt>;
    /// Returns the resources that the caller may use.
    fn resources(&self, caller: &Caller) -> Vec<Resource>;
    /// Returns the resource templates that the caller may use.
    fn templates(&self, caller: &Caller) -> Vec<ResourceTemplate>;
    /// Returns the listing of one tool, even if it is hidden.
    fn listing(&self, name: &str) -> Option<Tool>;

    /// Returns the tools within the middleware of the part.
    fn list_tools(&self, context: Context) -> Reply<'_, Vec<Tool>> {
        ready(Ok(self.tools(&context.caller()))).boxed()
    }
    /// Returns the prompts within the middleware of the part.
    fn list_prompts(&self, context: Context) -> Reply<'_, Vec<Prompt>> {
        ready(Ok(self.prompts(&context.caller()))).boxed()
    }
    /// Returns the resources within the middleware of the part.
    fn list_resources(&self, context: Context) -> Reply<'_, Vec<Resource>> {
        ready(Ok(self.resources(&context.caller()))).boxed()
    }
    /// Returns the resource templates within the middleware of the part.
    fn list_templates(&self, context: Context) -> Reply<'_, Vec<ResourceTemplate>> {
        ready(Ok(self.templates(&context.caller()))).boxed()
    }

    /// Calls a tool.
    fn call_tool(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
        task: Option<TaskCall>,
    ) -> Reply<'_, ToolResult>;
    /// Reads a resource.
    fn read_resource(&self, uri: String, context: Context) -> Reply<'_, Vec<ResourceContents>>;
    /// Returns the messages of a prompt.
    fn get_prompt(
        &self,
        name: String,
        arguments: Map<String, Value>,
        context: Context,
    ) -> Reply<'_, PromptResult>;
    /// Returns suggested values for an argument.
    fn complete(
        &self,
        of: CompletionOf,
        input: CompletionInput,
        context: Context,
    ) -> Reply<'_, Completions>;

    /// Returns the skills that the caller may use, within the middleware of the part.
    #[cfg(feature = "skills")]
    fn skills(&self, _context: Context) -> Reply<'_, Vec<Skill>> {
        ready(Ok(Vec::new())).boxed()
    }
    /// Returns the entry of the skill whose `SKILL.md` is at `uri`, within the middleware of the part.
    #[cfg(feature = "skills")]
    fn skill(&self, _uri: String, _context: Context) -> Reply<'_, Option<Skill>> {
        ready(Ok(None)).boxed()
    }
    /// Returns the skills that the folder at `uri` belongs to, or contains.
    #[cfg(feature = "skills")]
    fn folder(&self, _uri: &str, _caller: Option<&Caller>) -> Vec<Component> {
        Vec::new()
    }
    /// Returns the files and folders in the folder at `uri`, within the middleware of the part.
    #[cfg(feature = "skills")]
    fn read_folder(&self, _uri: String, _context: Context) -> Reply<'_, Vec<Resource>> {
        ready(Ok(Vec::new())).boxed()
    }
    /// Returns whether the part has skills.
    #[cfg(feature = "skills")]
    fn offers_skills(&self) -> bool {
        false
    }

    /// Returns the parts of the tools that hosts may refuse or misread. `outer` returns the name of a tool for clients.
    fn lints(&self, outer: &dyn Fn(&str) -> String) -> Vec<Lint> {
        let components = self.components().into_iter();
        let tools = components.filter(|it| it.kind == ComponentKind::Tool);
        tools
            .filter_map(|it| self.listing(&it.name))
            .flat_map(|tool| tool_lints::of_listing(&tool, &outer(&tool.name)))
            .collect()
    }

    /// Returns a task of a remote server, if `id` belongs to the caller.
    fn remote_task(&self, _id: &str, _context: &Context) -> Option<Box<dyn RemoteTask>> {
        None
    }
    /// Returns whether remote servers may make tasks of calls.
    fn makes_tasks(&self) -> bool {
        false
    }
    /// Asks the remote server of a resource for its updates. `None` if the resource belongs to no remote server.
    fn watch(&self, _uri: &str) -> Option<Watch> {
        None
    }

    /// Returns a text that all URIs of one resource share.
    fn resource_key(&self, uri: &str) -> String {
        NormalUri::new(uri).key()
    }
    /// Returns whether the part has components of this kind, or may get some later.
    fn offers(&self, kind: ComponentKind) -> bool;
    /// Returns whether an argument has a completion.
    fn completes(&self) -> bool;
    /// Returns whether the part has a UI resource.
    fn has_apps(&self) -> bool {
        let components = self.components();
        let mut uris = components.iter().filter_map(|it| it.uri.as_deref());
        uris.any(ui::is_ui)
    }
    /// Returns whether callers may see different components.
    fn is_restricted(&self) -> bool {
        self.components().iter().any(|it| !it.scopes.is_empty())
    }
    /// Returns whether an answer can become a link to a resource.
    fn bounds_answers(&self) -> bool {
        false
    }
}

/// Runs a handler. In protocol 2026-07-28 and in tasks, its questions end the run.
pub(crate) async fn driven<T>(
    context: &Context,
    handler: impl Future<Output = Result<T, Error>> + Send,
) -> Result<Result<T, Error>, RequestError> {
    // State that handlers share is behind locks of the program, which a panic poisons.
    let handler = AssertUnwindSafe(handler).catch_unwind();
    let ended = match context.answer_log() {
        Some(log) => log.drive(handler).await.ok_or(RequestError::Suspended)?,
        None => handler.await,
    };
    Ok(ended.unwrap_or_else(|panic| {
        let message = panic_message(&*panic);
        Err(Error::msg(format!("panicked: {message}")))
    }))
}
