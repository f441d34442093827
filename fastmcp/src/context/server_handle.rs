//! The server's own components, as a handler reaches them.

use std::any::{Any, TypeId};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::context::request::Context;
use crate::error::{Result, ToolError};
use crate::mcp::{Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::selection::{IdleSelection, Selection};
use futures_util::future::BoxFuture;

/// One of the lists that a server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListKind {
    /// `tools/list`
    Tools,
    /// `resources/list` and `resources/templates/list`
    Resources,
    /// `prompts/list`
    Prompts,
}

/// What clients that listen are told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A list is another one now.
    List(ListKind),
    /// The resource of this URI has other contents now.
    Resource(Arc<str>),
}

/// What a server lets its handlers do with it.
pub(crate) trait Home: Send + Sync {
    fn tools(&self) -> Vec<Tool>;
    fn resources(&self) -> Vec<Resource>;
    fn resource_templates(&self) -> Vec<ResourceTemplate>;
    fn prompts(&self) -> Vec<Prompt>;
    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<ResourceContents>>>;
    fn get_prompt<'a>(
        &'a self,
        name: &'a str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<PromptMessage>>>;
    fn show(&self, selection: &Selection, visible: bool) -> Result<(), IdleSelection>;
    fn announce(&self, change: Change);
    fn state(&self, type_id: TypeId) -> Option<Arc<dyn Any + Send + Sync>>;
}

/// The server's other components.
impl Context {
    /// The tools that the server shows now.
    pub fn tools(&self) -> Vec<Tool> {
        self.home().map(|home| home.tools()).unwrap_or_default()
    }

    /// The resources that the server shows now.
    pub fn resources(&self) -> Vec<Resource> {
        self.home().map(|home| home.resources()).unwrap_or_default()
    }

    /// The resource templates that the server shows now.
    pub fn resource_templates(&self) -> Vec<ResourceTemplate> {
        let home = self.home();
        home.map(|home| home.resource_templates())
            .unwrap_or_default()
    }

    /// The prompts that the server shows now.
    pub fn prompts(&self) -> Vec<Prompt> {
        self.home().map(|home| home.prompts()).unwrap_or_default()
    }

    /// Reads a resource of this server, as the client would, for the same request.
    ///
    /// # Errors
    ///
    /// A [`ToolError`] with what the client would be told.
    pub async fn read_resource(&self, uri: &str) -> Result<Vec<ResourceContents>> {
        let home = self.home().ok_or_else(no_server)?;
        home.read_resource(uri, self.nested()).await
    }

    /// The messages of a prompt of this server. `arguments` is a JSON object of texts, or `null`.
    ///
    /// # Errors
    ///
    /// A [`ToolError`] with what the client would be told.
    pub async fn get_prompt(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> Result<Vec<PromptMessage>> {
        let home = self.home().ok_or_else(no_server)?;
        let arguments = match arguments.into() {
            Value::Null => Map::new(),
            Value::Object(arguments) => arguments,
            _ => return Err(ToolError::new("a prompt's arguments are a JSON object").into()),
        };
        home.get_prompt(name, arguments, self.nested()).await
    }

    /// Shows what was hidden, to all clients of this server, and tells them that the lists have
    /// changed. What the server does not [select](crate::FastMcp::select) stays out.
    ///
    /// # Errors
    ///
    /// [`IdleSelection`] if a part of the selection fits none of the server's components.
    pub fn show(&self, selection: &Selection) -> Result<(), IdleSelection> {
        self.home()
            .map_or(Ok(()), |home| home.show(selection, true))
    }

    /// Hides components from all clients of this server, and tells them that the lists have
    /// changed. Until it is shown again, what is hidden is unknown to whoever asks for it.
    ///
    /// # Errors
    ///
    /// [`IdleSelection`] if a part of the selection fits none of the server's components.
    pub fn hide(&self, selection: &Selection) -> Result<(), IdleSelection> {
        self.home()
            .map_or(Ok(()), |home| home.show(selection, false))
    }

    /// Tells clients that one of the server's lists has changed.
    pub fn notify_list_changed(&self, list: ListKind) {
        if let Some(home) = self.home() {
            home.announce(Change::List(list));
        }
    }

    /// Tells the clients that have subscribed to it that a resource has other contents now.
    pub fn notify_resource_updated(&self, uri: &str) {
        if let Some(home) = self.home() {
            home.announce(Change::Resource(uri.into()));
        }
    }

    /// The value of type `T` that the server was given with [`state`](crate::FastMcp::state), or that
    /// its lifespan serves. As a parameter, [`State<T>`](crate::dependencies::State) is checked when
    /// the server starts.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.home()?.state(TypeId::of::<T>())?.downcast().ok()
    }

    pub(crate) fn home(&self) -> Option<&Arc<dyn Home>> {
        self.0.home.as_ref()
    }
}

pub(crate) fn no_server() -> crate::error::Error {
    ToolError::new("there is no server around this call").into()
}
