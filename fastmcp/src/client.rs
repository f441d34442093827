//! A client, for tests and for programs that use servers.

use std::fmt;

use rmcp::model::{
    ArgumentInfo, CallToolRequestParams, CompleteRequestParams, CompletionContext,
    GetPromptRequestParams, ReadResourceRequestParams, Reference,
};
use rmcp::service::{RoleClient, RunningService};
use rmcp::transport::{StreamableHttpClientTransport, TokioChildProcess};
use rmcp::{ServiceError, ServiceExt};
use serde_json::{Map, Value};

use crate::component::completion::Completions;
use crate::component::output::tool_result::ToolResult;
use crate::mcp::{
    Implementation, Prompt, PromptMessage, Resource, ResourceContents, ResourceTemplate, Tool,
};
use crate::server::running::Server;

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
    service: RunningService<RoleClient, ()>,
}

/// The error of a connection or a request.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// The server returned a JSON-RPC error.
    #[error("{message} ({code})")]
    Refused {
        /// The JSON-RPC error code.
        code: i32,
        /// The message.
        message: String,
        /// Additional data.
        data: Option<Value>,
    },
    /// The arguments are neither a JSON object nor `null`.
    #[error("arguments must be a JSON object or null, not {0}")]
    Arguments(Value),
    /// The connection failed, or the peer is not an MCP server.
    #[error("connection error: {0}")]
    Connection(String),
}

impl Client {
    /// Connects to a server in this process.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the server has stopped.
    pub async fn connect(server: &Server) -> Result<Self, ClientError> {
        let service = ().serve(server.connect()).await.map_err(connection)?;
        Ok(Self { service })
    }

    /// Starts a program and connects to it over its standard input and output.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if the program cannot be started, or is not an MCP server.
    pub async fn spawn(command: tokio::process::Command) -> Result<Self, ClientError> {
        let process = TokioChildProcess::new(command).map_err(connection)?;
        let service = ().serve(process).await.map_err(connection)?;
        Ok(Self { service })
    }

    /// Connects to a server over streamable HTTP, such as `http://127.0.0.1:8000/mcp`.
    ///
    /// # Errors
    ///
    /// [`ClientError::Connection`] if there is no MCP server at this URL.
    pub async fn http(url: &str) -> Result<Self, ClientError> {
        let transport = StreamableHttpClientTransport::from_uri(url);
        let service = ().serve(transport).await.map_err(connection)?;
        Ok(Self { service })
    }

    /// Returns the server's name and version.
    pub fn server_info(&self) -> Option<Implementation> {
        self.service
            .peer_info()
            .and_then(|info| info.server_info.clone())
    }

    /// Returns the server's tools.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub async fn list_tools(&self) -> Result<Vec<Tool>, ClientError> {
        Ok(self.service.list_all_tools().await?)
    }

    /// Calls a tool. `arguments` is a JSON object, or `null` for none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the tool is unknown. The error of a tool that fails is in its result
    /// ([`is_error`](ToolResult::is_error)).
    pub async fn call_tool(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> Result<ToolResult, ClientError> {
        let mut request = CallToolRequestParams::new(name.to_owned());
        request.arguments = object(arguments.into())?;
        let result = self.service.call_tool(request).await?;
        let mut converted = ToolResult::new(result.content);
        converted.structured_content = result.structured_content;
        converted.is_error = result.is_error.unwrap_or(false);
        converted.meta = result.meta.map(|meta| meta.0);
        Ok(converted)
    }

    /// Returns the server's resources.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub async fn list_resources(&self) -> Result<Vec<Resource>, ClientError> {
        Ok(self.service.list_all_resources().await?)
    }

    /// Returns the server's resource templates.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub async fn list_resource_templates(&self) -> Result<Vec<ResourceTemplate>, ClientError> {
        Ok(self.service.list_all_resource_templates().await?)
    }

    /// Reads a resource.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the resource is unknown or fails.
    pub async fn read_resource(&self, uri: &str) -> Result<Vec<ResourceContents>, ClientError> {
        let request = ReadResourceRequestParams::new(uri);
        Ok(self.service.read_resource(request).await?.contents)
    }

    /// Returns the server's prompts.
    ///
    /// # Errors
    ///
    /// [`ClientError`] if the server returns an error, or the connection fails.
    pub async fn list_prompts(&self) -> Result<Vec<Prompt>, ClientError> {
        Ok(self.service.list_all_prompts().await?)
    }

    /// Returns the messages of a prompt. `arguments` is a JSON object of strings, or `null` for none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the prompt is unknown or fails.
    pub async fn get_prompt(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> Result<Vec<PromptMessage>, ClientError> {
        let mut request = GetPromptRequestParams::new(name);
        request.arguments = object(arguments.into())?;
        Ok(self.service.get_prompt(request).await?.messages)
    }

    /// Returns completions for an argument of a prompt. `value` is the text typed so far, and
    /// `known` contains the other arguments.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the prompt or its argument is unknown, or the completion fails.
    pub async fn complete_prompt(
        &self,
        prompt: &str,
        argument: &str,
        value: &str,
        known: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Completions, ClientError> {
        self.complete(Reference::for_prompt(prompt), argument, value, known)
            .await
    }

    /// Returns completions for a variable of a resource template. `value` is the text typed so far,
    /// and `known` contains the other variables.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the template or its variable is unknown, or the completion fails.
    pub async fn complete_resource(
        &self,
        uri_template: &str,
        variable: &str,
        value: &str,
        known: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Completions, ClientError> {
        self.complete(
            Reference::for_resource(uri_template),
            variable,
            value,
            known,
        )
        .await
    }

    async fn complete(
        &self,
        reference: Reference,
        argument: &str,
        value: &str,
        known: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Completions, ClientError> {
        let known = known.into_iter().collect();
        let request = CompleteRequestParams::new(reference, ArgumentInfo::new(argument, value))
            .with_context(CompletionContext::with_arguments(known));
        let info = self.service.complete(request).await?.completion;
        let mut completions = Completions::new(info.values);
        completions.total = info.total;
        completions.has_more = info.has_more.unwrap_or(false);
        Ok(completions)
    }

    /// Closes the connection.
    pub async fn close(self) {
        // The result only reports how the tokio task of the connection ended. The connection is
        // closed in any case.
        let _ = self.service.cancel().await;
    }
}

fn object(arguments: Value) -> Result<Option<Map<String, Value>>, ClientError> {
    match arguments {
        Value::Null => Ok(None),
        Value::Object(arguments) => Ok(Some(arguments)),
        other => Err(ClientError::Arguments(other)),
    }
}

fn connection(error: impl fmt::Display) -> ClientError {
    ClientError::Connection(error.to_string())
}

impl From<ServiceError> for ClientError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::McpError(error) => Self::Refused {
                code: error.code.0,
                message: error.message.into_owned(),
                data: error.data,
            },
            error => connection(error),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server_info())
            .finish_non_exhaustive()
    }
}
