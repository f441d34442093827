//! The server as its own handlers reach it, and its lists as they change while it runs.

use std::any::{Any, TypeId};
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::component::dispatch::{Core, RequestError};
use crate::context::change::{Change, ListKind};
use crate::context::request::Context;
use crate::context::request::ServerHandle;
use crate::error::{Result, ToolError};
use crate::mcp::{Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::selection::{Selection, UnmatchedSelection};
use crate::server::running::Server;
use futures_util::future::BoxFuture;

fn told(error: RequestError) -> crate::error::Error {
    match error {
        RequestError::Protocol(error) => error.into(),
        error => ToolError::new(error.to_string()).into(),
    }
}

impl ServerHandle for Core {
    fn tools(&self) -> Vec<Tool> {
        self.registry.list_tools()
    }

    fn resources(&self) -> Vec<Resource> {
        self.registry.list_resources()
    }

    fn resource_templates(&self) -> Vec<ResourceTemplate> {
        self.registry.list_templates()
    }

    fn prompts(&self) -> Vec<Prompt> {
        self.registry.list_prompts()
    }

    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<ResourceContents>>> {
        Box::pin(async move {
            let read = Core::read_resource(self, uri, context).await;
            read.map_err(told)
        })
    }

    fn get_prompt<'a>(
        &'a self,
        name: &'a str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<PromptMessage>>> {
        Box::pin(async move {
            let prompt = Core::get_prompt(self, name, arguments, context).await;
            Ok(prompt.map_err(told)?.0)
        })
    }

    fn show(&self, selection: &Selection, visible: bool) -> Result<(), UnmatchedSelection> {
        for list in self.registry.show(selection, visible)? {
            self.announce(Change::List(list));
        }
        Ok(())
    }

    fn announce(&self, change: Change) {
        // Without a listener there is nobody to be told.
        let _ = self.changes.send(change);
    }

    fn state(&self, type_id: TypeId) -> Option<Arc<dyn Any + Send + Sync>> {
        self.provided.states.get(&type_id).cloned()
    }
}

impl Server {
    /// Shows what was hidden, to all clients, and tells them that the lists have changed. What the
    /// server does not [select](crate::FastMcp::select) stays out.
    ///
    /// # Errors
    ///
    /// [`UnmatchedSelection`] if a part of the selection fits none of the server's components.
    pub fn show(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        ServerHandle::show(&*self.core, selection, true)
    }

    /// Hides components from all clients, and tells them that the lists have changed. Until it is
    /// shown again, what is hidden is unknown to whoever asks for it.
    ///
    /// # Errors
    ///
    /// [`UnmatchedSelection`] if a part of the selection fits none of the server's components.
    pub fn hide(&self, selection: &Selection) -> Result<(), UnmatchedSelection> {
        ServerHandle::show(&*self.core, selection, false)
    }

    /// Tells clients that one of the server's lists has changed.
    pub fn notify_list_changed(&self, list: ListKind) {
        self.core.announce(Change::List(list));
    }

    /// Tells the clients that have subscribed to it that a resource has other contents now.
    pub fn notify_resource_updated(&self, uri: &str) {
        self.core.announce(Change::Resource(uri.into()));
    }
}
