//! Methods of [`Context`] for access to the server's other components and its state.

use std::any::TypeId;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::context::change::{Change, ListKind};
use crate::context::request::{Context, ServerHandle};
use crate::error::{Error, Result, ToolError};
use crate::mcp::{Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::selection::{Selection, UnmatchedSelection};

/// The server's other components.
impl Context {
    /// Returns the server's visible tools, with those that only the pages of [apps](crate::guide::apps) may call.
    pub fn tools(&self) -> Vec<Tool> {
        let server = self.server_handle();
        server
            .map(|server| server.tools(&self.caller()))
            .unwrap_or_default()
    }

    /// Returns the server's visible resources.
    pub fn resources(&self) -> Vec<Resource> {
        let server = self.server_handle();
        server
            .map(|server| server.resources(&self.caller()))
            .unwrap_or_default()
    }

    /// Returns the server's visible resource templates.
    pub fn resource_templates(&self) -> Vec<ResourceTemplate> {
        let server = self.server_handle();
        server
            .map(|server| server.resource_templates(&self.caller()))
            .unwrap_or_default()
    }

    /// Returns the server's visible prompts.
    pub fn prompts(&self) -> Vec<Prompt> {
        let server = self.server_handle();
        server
            .map(|server| server.prompts(&self.caller()))
            .unwrap_or_default()
    }

    /// Reads a resource of this server on behalf of the same request, and returns the contents that
    /// a client would get.
    ///
    /// # Errors
    ///
    /// Returns the [`ProtocolError`](crate::ProtocolError) of the resource's handler, or a [`ToolError`]
    /// with the message that a client would get.
    pub async fn read_resource(&self, uri: &str) -> Result<Vec<ResourceContents>> {
        let server = self.server_handle().ok_or_else(no_server)?;
        server.read_resource(uri, self.nested()).await
    }

    /// Returns the messages of a prompt of this server. `arguments` is a JSON object of strings, or
    /// `null` for none.
    ///
    /// # Errors
    ///
    /// Returns the same errors as [`read_resource`](Self::read_resource).
    pub async fn get_prompt(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> Result<Vec<PromptMessage>> {
        let server = self.server_handle().ok_or_else(no_server)?;
        let arguments = match arguments.into() {
            Value::Null => Map::new(),
            Value::Object(arguments) => arguments,
            _ => return Err(ToolError::new("prompt arguments must be a JSON object").into()),
        };
        server.get_prompt(name, arguments, self.nested()).await
    }

    /// Shows hidden components to all clients of this server, and notifies them that the lists have
    /// changed. Components that the server does not [select](crate::FastMcp::select) stay
    /// unavailable.
    ///
    /// # Errors
    ///
    /// Returns [`UnmatchedSelection`] if a part of the selection matches none of the server's components.
    pub fn show(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        self.set_visible(selection, true)
    }

    /// Hides components from all clients of this server, and notifies them that the lists have
    /// changed. Requests for a hidden component fail as for an unknown one, until it is shown again.
    ///
    /// # Errors
    ///
    /// Returns [`UnmatchedSelection`] if a part of the selection matches none of the server's components.
    pub fn hide(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        self.set_visible(selection, false)
    }

    fn set_visible(&self, selection: &Selection, visible: bool) -> Result<(), UnmatchedSelection> {
        match self.server_handle() {
            Some(server) => server.show(selection, visible),
            None => Ok(()),
        }
    }

    /// Notifies clients that one of the server's lists has changed.
    pub fn notify_list_changed(&self, list: ListKind) {
        if let Some(server) = self.server_handle() {
            server.announce(Change::List(list));
        }
    }

    /// Notifies the clients that have subscribed to a resource that its contents have changed.
    pub fn notify_resource_updated(&self, uri: &str) {
        if let Some(server) = self.server_handle() {
            server.announce(Change::Resource(uri.into()));
        }
    }

    /// Returns the value of type `T` that was set with [`state`](crate::FastMcp::state) or created
    /// by the server's lifespan. The parameter [`State<T>`](crate::dependencies::State) is the same
    /// value, and its existence is checked when the server starts.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let state = self.server_handle()?.state(TypeId::of::<T>())?;
        state.downcast().ok()
    }

    pub(crate) fn server_handle(&self) -> Option<&Arc<dyn ServerHandle>> {
        self.0.server_handle.as_ref()
    }
}

fn no_server() -> Error {
    ToolError::new("this call has no server").into()
}
