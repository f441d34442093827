//! The lists of a server, its resources, its prompts and its completions.

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::{CompleteResult, GetPromptResult, ReadResourceResult};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::client::error::{ClientError, connection_error};
use crate::client::handle::Client;
use crate::client::request::object;
use crate::component::completion::Completions;
use crate::mcp::{Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool};

/// The lists and the components that are not tools.
impl Client {
    /// Returns the server's tools.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub fn list_tools(&self) -> BoxFuture<'_, Result<Vec<Tool>, ClientError>> {
        self.list("tools/list", "tools").boxed()
    }

    /// Returns the server's resources.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub fn list_resources(&self) -> BoxFuture<'_, Result<Vec<Resource>, ClientError>> {
        self.list("resources/list", "resources").boxed()
    }

    /// Returns the server's resource templates.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub fn list_resource_templates(
        &self,
    ) -> BoxFuture<'_, Result<Vec<ResourceTemplate>, ClientError>> {
        self.list("resources/templates/list", "resourceTemplates")
            .boxed()
    }

    /// Reads a resource.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the resource is unknown or fails.
    pub fn read_resource(
        &self,
        uri: &str,
    ) -> BoxFuture<'_, Result<Vec<ResourceContents>, ClientError>> {
        let params = json!({ "uri": uri });
        async move {
            let result: ReadResourceResult = self.request("resources/read", params).await?;
            Ok(result.contents)
        }
        .boxed()
    }

    /// Returns the server's prompts.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub fn list_prompts(&self) -> BoxFuture<'_, Result<Vec<Prompt>, ClientError>> {
        self.list("prompts/list", "prompts").boxed()
    }

    /// Returns the messages of a prompt. `arguments` is a JSON object of strings, or `null` for none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the prompt is unknown or fails.
    pub fn get_prompt(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> BoxFuture<'_, Result<Vec<PromptMessage>, ClientError>> {
        self.messages(name.to_owned(), arguments.into())
    }

    fn messages(
        &self,
        name: String,
        arguments: Value,
    ) -> BoxFuture<'_, Result<Vec<PromptMessage>, ClientError>> {
        async move {
            let params = json!({ "name": name, "arguments": object(arguments)? });
            let result: GetPromptResult = self.request("prompts/get", params).await?;
            Ok(result.messages)
        }
        .boxed()
    }

    /// Returns completions for an argument of a prompt. `value` is the text typed so far, and
    /// `known` contains the other arguments.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the prompt or its argument is unknown, or the completion fails.
    pub fn complete_prompt(
        &self,
        prompt: &str,
        argument: &str,
        value: &str,
        known: impl IntoIterator<Item = (String, String)>,
    ) -> BoxFuture<'_, Result<Completions, ClientError>> {
        let reference = json!({ "type": "ref/prompt", "name": prompt });
        let argument = json!({ "name": argument, "value": value });
        self.complete(reference, argument, known.into_iter().collect())
    }

    /// Returns completions for a variable of a resource template. `value` is the text typed so far,
    /// and `known` contains the other variables.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the template or its variable is unknown, or the completion fails.
    pub fn complete_resource(
        &self,
        uri_template: &str,
        variable: &str,
        value: &str,
        known: impl IntoIterator<Item = (String, String)>,
    ) -> BoxFuture<'_, Result<Completions, ClientError>> {
        let reference = json!({ "type": "ref/resource", "uri": uri_template });
        let argument = json!({ "name": variable, "value": value });
        self.complete(reference, argument, known.into_iter().collect())
    }

    fn complete(
        &self,
        reference: Value,
        argument: Value,
        known: Vec<(String, String)>,
    ) -> BoxFuture<'_, Result<Completions, ClientError>> {
        async move {
            let known: Map<_, _> = known
                .into_iter()
                .map(|(name, value)| (name, value.into()))
                .collect();
            let context = json!({ "arguments": known });
            let params = json!({ "ref": reference, "argument": argument, "context": context });
            let result: CompleteResult = self.request("completion/complete", params).await?;
            let info = result.completion;
            let mut completions = Completions::new(info.values);
            completions.total = info.total;
            completions.has_more = info.has_more.unwrap_or(false);
            Ok(completions)
        }
        .boxed()
    }

    /// Returns the items of all pages of a list.
    pub(super) async fn list<T: DeserializeOwned>(
        &self,
        method: &'static str,
        key: &'static str,
    ) -> Result<Vec<T>, ClientError> {
        self.list_with(method, json!({}), key).await
    }

    /// Returns the items of all pages of a list that has parameters.
    pub(super) async fn list_with<T: DeserializeOwned>(
        &self,
        method: &'static str,
        mut params: Value,
        key: &'static str,
    ) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        loop {
            let mut page: Map<String, Value> = self.request(method, params.clone()).await?;
            let list = page.remove(key).unwrap_or_default();
            let list: Vec<T> = serde_json::from_value(list).map_err(connection_error)?;
            items.extend(list);
            match page.remove("nextCursor") {
                Some(Value::String(cursor)) => params["cursor"] = cursor.into(),
                _ => return Ok(items),
            }
        }
    }
}
