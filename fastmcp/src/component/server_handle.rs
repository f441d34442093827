//! The implementation of [`ServerHandle`], through which handlers access their server.

use std::any::{Any, TypeId};
use std::sync::Arc;

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::request_error::RequestError;
use crate::context::change::Change;
use crate::context::request::Context;
use crate::context::request::ServerHandle;
use crate::error::{Error, Result, ToolError};
use crate::mcp::{Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool};
use crate::selection::{Selection, UnmatchedSelection};
use crate::store::Store;

/// Converts an error for the calling handler. It keeps the message that a client would get, so the
/// handler can propagate the error with `?`.
fn handler_error(error: RequestError) -> Error {
    match error {
        RequestError::Protocol(error) => error.into(),
        error => ToolError::new(error.to_string()).into(),
    }
}

impl ServerHandle for Dispatcher {
    fn store(&self) -> &Store {
        &self.store
    }

    fn tools(&self, caller: &Caller) -> Vec<Tool> {
        Dispatcher::tools(self, caller)
    }

    fn resources(&self, caller: &Caller) -> Vec<Resource> {
        Dispatcher::resources(self, caller)
    }

    fn resource_templates(&self, caller: &Caller) -> Vec<ResourceTemplate> {
        Dispatcher::resource_templates(self, caller)
    }

    fn prompts(&self, caller: &Caller) -> Vec<Prompt> {
        Dispatcher::prompts(self, caller)
    }

    fn read_resource<'a>(
        &'a self,
        uri: &'a str,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<ResourceContents>>> {
        Box::pin(async move {
            let contents = Dispatcher::read_resource(self, uri, context).await;
            contents.map_err(handler_error)
        })
    }

    fn get_prompt<'a>(
        &'a self,
        name: &'a str,
        arguments: Map<String, Value>,
        context: Context,
    ) -> BoxFuture<'a, Result<Vec<PromptMessage>>> {
        Box::pin(async move {
            let prompt = Dispatcher::get_prompt(self, name, arguments, context).await;
            Ok(prompt.map_err(handler_error)?.messages)
        })
    }

    fn show(&self, selection: &Selection, visible: bool) -> Result<(), UnmatchedSelection> {
        for list in self
            .registry
            .show(selection, visible, self.part_components())?
        {
            self.announce(Change::List(list));
        }
        Ok(())
    }

    fn announce(&self, change: Change) {
        self.changes.announce(change);
    }

    fn state(&self, type_id: TypeId) -> Option<Arc<dyn Any + Send + Sync>> {
        self.provided.states.get(&type_id).cloned()
    }
}
