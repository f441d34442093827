//! A client, for tests and for programs that use servers.
//!
//! The connection to a server in this process needs no feature, so a crate that tests its server builds
//! this library once. The feature `client` adds programs and HTTP.

mod builder;
mod connection;
mod elicitation;
mod error;
#[cfg(feature = "cli")]
pub(crate) mod followed_call;
mod handlers;
#[cfg(feature = "client")]
mod http;
mod json_rpc;
mod notices;
#[cfg(feature = "client")]
mod process;
mod sampling;
#[cfg(feature = "client")]
mod upstream;

use std::fmt;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, try_join_all};
use rmcp::model::{CallToolResult, CompleteResult, GetPromptResult, ReadResourceResult};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

pub use crate::client::builder::ClientBuilder;
use crate::client::builder::Options;
use crate::client::connection::Connection;
pub use crate::client::elicitation::Elicitation;
pub use crate::client::error::ClientError;
use crate::client::error::connection_error;
use crate::client::handlers::Handlers;
pub use crate::client::sampling::Sampling;
#[cfg(feature = "client")]
pub use crate::client::upstream::Upstream;
use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::{
    Implementation, Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool,
};
use crate::server::running::Server;
#[cfg(feature = "telemetry")]
use crate::telemetry::client_call::ClientCall;
#[cfg(feature = "telemetry")]
use crate::telemetry::request::Ended;

/// The maximum number of times that a request is sent. A server that asks more often would ask forever.
const MAX_ROUNDS: usize = 100;

/// A connection to an MCP server.
///
/// ```standalone_crate
/// use fastmcp::{FastMcp, client::Client, prelude::*};
/// use serde_json::json;
///
/// /// Doubles a number.
/// #[tool]
/// async fn double(number: u32) -> u32 {
///     number * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> fastmcp::Result<()> {
/// let server = FastMcp::new("numbers").start().await?;
/// let client = Client::connect(&server).await?;
/// let result = client.call_tool("double", json!({ "number": 21 })).await?;
/// assert_eq!(result.structured_content, Some(json!({ "result": 42 })));
/// # Ok(())
/// # }
/// ```
pub struct Client {
    connection: Box<dyn Connection>,
    handlers: Handlers,
}

impl ClientBuilder {
    /// Connects to a server in this process.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the server has stopped, or does not support the revision.
    pub fn connect(self, server: &Server) -> BoxFuture<'static, Result<Client, ClientError>> {
        let (read, write) = tokio::io::split(server.connect());
        let opening = json_rpc::open(Box::new(read), Box::new(write), self.options.clone());
        async move { Ok(Client::new(opening.await?, self.options)) }.boxed()
    }

    /// Starts a program and connects to it over its standard input and output.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the program cannot be started, or is not an MCP server.
    #[cfg(feature = "client")]
    pub fn spawn(
        self,
        command: tokio::process::Command,
    ) -> BoxFuture<'static, Result<Client, ClientError>> {
        async move {
            let connection = process::spawn(command, self.options.clone()).await?;
            Ok(Client::new(connection, self.options))
        }
        .boxed()
    }

    /// Connects to a server over streamable HTTP, such as `http://127.0.0.1:8000/mcp`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if there is no MCP server at this URL.
    #[cfg(feature = "client")]
    pub fn http(self, url: &str) -> BoxFuture<'static, Result<Client, ClientError>> {
        let url = url.to_owned();
        async move {
            let connection = http::connect(url, self.options.clone()).await?;
            Ok(Client::new(connection, self.options))
        }
        .boxed()
    }
}

impl Client {
    /// Returns the options of a new client, such as the answers to the questions of servers.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Connects to a server in this process, with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the server has stopped.
    pub fn connect(server: &Server) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().connect(server)
    }

    fn new(connection: impl Connection + 'static, options: Options) -> Self {
        Self {
            connection: Box::new(connection),
            handlers: options.handlers,
        }
    }

    /// Starts a program and connects to it over its standard input and output, with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the program cannot be started, or is not an MCP server.
    #[cfg(feature = "client")]
    pub fn spawn(
        command: tokio::process::Command,
    ) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().spawn(command)
    }

    /// Connects to a server over streamable HTTP, with the default options.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if there is no MCP server at this URL.
    #[cfg(feature = "client")]
    pub fn http(url: &str) -> BoxFuture<'static, Result<Self, ClientError>> {
        Self::builder().http(url)
    }

    /// Returns the server's name and version.
    pub fn server_info(&self) -> Option<Implementation> {
        self.connection.server_info()
    }

    /// Returns the server's tools.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub fn list_tools(&self) -> BoxFuture<'_, Result<Vec<Tool>, ClientError>> {
        self.list("tools/list", "tools").boxed()
    }

    /// Calls a tool. `arguments` is a JSON object, or `null` for none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the tool is unknown. The error of a tool that fails is in its result
    /// ([`is_error`](ToolResult::is_error)).
    pub fn call_tool(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> BoxFuture<'_, Result<ToolResult, ClientError>> {
        self.call(name.to_owned(), arguments.into())
    }

    fn call(
        &self,
        name: String,
        arguments: Value,
    ) -> BoxFuture<'_, Result<ToolResult, ClientError>> {
        async move {
            let params = json!({ "name": name, "arguments": object(arguments)? });
            let result: CallToolResult = self.request("tools/call", params).await?;
            let mut converted = ToolResult::new(result.content);
            converted.structured_content = result.structured_content;
            converted.is_error = result.is_error.unwrap_or(false);
            converted.meta = result.meta.map(|meta| meta.0);
            Ok(converted)
        }
        .boxed()
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

    /// Returns completions of `value`, the text typed so far, for an argument of a prompt. `known` has the others.
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

    /// Closes the connection. The program of [`spawn`](Self::spawn) has three seconds to end.
    pub fn close(self) -> BoxFuture<'static, ()> {
        self.connection.close()
    }

    async fn request<T: DeserializeOwned>(
        &self,
        method: &'static str,
        params: Value,
    ) -> Result<T, ClientError> {
        #[cfg(feature = "telemetry")]
        let result = self.traced(method, params).await?;
        #[cfg(not(feature = "telemetry"))]
        let result = self.exchange(method, params).await?;
        serde_json::from_value(result).map_err(connection_error)
    }

    /// Sends a request, and records it.
    #[cfg(feature = "telemetry")]
    async fn traced(&self, method: &'static str, mut params: Value) -> Result<Value, ClientError> {
        let call = ClientCall::start(method, &mut params);
        let result = call.run(self.exchange(method, params)).await;
        call.end(match &result {
            Ok(result) if result["isError"] == true => Some(Ended::WithToolError),
            Ok(_) => Some(Ended::Successfully),
            Err(ClientError::Refused { code, .. }) => Some(Ended::WithError(*code)),
            Err(_) => None,
        });
        result
    }

    /// Sends a request until the server asks no more questions, and returns its result.
    async fn exchange(
        &self,
        method: &'static str,
        mut params: Value,
    ) -> Result<Value, ClientError> {
        for _ in 0..MAX_ROUNDS {
            let result = self.connection.request(method, params.clone());
            let mut result = result.await?;
            if result["resultType"] != "input_required" {
                return Ok(result);
            }
            params["inputResponses"] = self.answer(result["inputRequests"].take()).await?;
            if let Value::String(state) = result["requestState"].take() {
                params["requestState"] = state.into();
            }
        }
        let reason = format!("it still asks questions after {MAX_ROUNDS} answers to `{method}`");
        Err(ClientError::Unanswered(reason))
    }

    /// Answers the questions in a response (MCP 2026-07-28, "Multi Round-Trip Requests").
    async fn answer(&self, questions: Value) -> Result<Value, ClientError> {
        let Value::Object(questions) = questions else {
            return Ok(json!({}));
        };
        let answers = questions.into_iter().map(async |(key, mut question)| {
            let params = question["params"].take();
            let method = question["method"].as_str().unwrap_or_default();
            let answer = self.handlers.answer(method, params).await;
            let unknown = || ClientError::Unanswered(format!("no handler for `{method}`"));
            Ok::<_, ClientError>((key, answer.ok_or_else(unknown)?))
        });
        let answers: Map<_, _> = try_join_all(answers).await?.into_iter().collect();
        Ok(answers.into())
    }

    /// Returns the items of all pages of a list.
    async fn list<T: DeserializeOwned>(
        &self,
        method: &'static str,
        key: &'static str,
    ) -> Result<Vec<T>, ClientError> {
        let mut items = Vec::new();
        let mut params = json!({});
        loop {
            let mut page: Map<String, Value> = self.request(method, params).await?;
            let list = page.remove(key).unwrap_or_default();
            let list: Vec<T> = serde_json::from_value(list).map_err(connection_error)?;
            items.extend(list);
            match page.remove("nextCursor") {
                Some(Value::String(cursor)) => params = json!({ "cursor": cursor }),
                _ => return Ok(items),
            }
        }
    }
}

/// Returns the arguments as an object. The protocol has no `null` for no arguments.
fn object(arguments: Value) -> Result<Map<String, Value>, ClientError> {
    match arguments {
        Value::Null => Ok(Map::new()),
        Value::Object(arguments) => Ok(arguments),
        other => Err(ClientError::Arguments(other)),
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server_info())
            .finish_non_exhaustive()
    }
}
