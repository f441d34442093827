//! [`ToolCall`]: a call of a tool, with its options.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::client::error::ClientError;
use crate::client::handle::Client;
use crate::client::progress::ProgressUpdate;
use crate::client::request::{RequestOptions, object};
use crate::client::result::{tool_result, typed};
use crate::client::task::TaskHandle;
use crate::client::task_status::TaskStatus;
use crate::component::output::tool_result::ToolResult;

/// A call of a tool. Await it to send it.
///
/// A server of protocol 2026-07-28 can make a call a task. Awaiting it then follows the task to its end: it asks for the
/// state at the pace that the server wants, and answers its questions with the handlers of the client.
/// [`start`](Self::start) returns the task instead.
#[must_use = "nothing is sent until this is awaited"]
pub struct ToolCall<'c, R = ToolResult> {
    client: &'c Client,
    tool: String,
    arguments: Value,
    options: RequestOptions,
    convert: fn(&str, ToolResult) -> Result<R, ClientError>,
    /// The call, after the first poll.
    sent: Option<BoxFuture<'c, Result<R, ClientError>>>,
}

/// A call that has been started: a task, or already a result.
#[derive(Debug)]
pub enum Started<'c> {
    /// The server works on it. Its [id](TaskHandle::id) is valid in other connections and processes.
    Task(TaskHandle<'c>),
    /// The server has answered at once.
    Finished(ToolResult),
}

impl Client {
    /// Calls a tool. `arguments` is a JSON object, or `null` for none.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] if the tool is unknown. The error of a tool that fails is in its result
    /// ([`is_error`](ToolResult::is_error)).
    pub fn call_tool(&self, name: &str, arguments: impl Into<Value>) -> ToolCall<'_> {
        self.tool_call(name, arguments.into(), |_, result| Ok(result))
    }

    /// Calls a tool and decodes its result: the structured content, or, without it, the text. The `{"result": …}` around
    /// values that are not objects is removed.
    ///
    /// ```standalone_crate
    /// use fastmcp::client::Client;
    /// use fastmcp::prelude::*;
    /// use fastmcp::serde_json::json;
    ///
    /// #[fastmcp::data]
    /// struct Weather {
    ///     degrees: i8,
    /// }
    ///
    /// /// Returns the weather.
    /// #[tool]
    /// async fn weather(place: String) -> Weather {
    ///     Weather { degrees: place.len() as i8 }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = FastMcp::new("weather").start().await?;
    /// let client = Client::connect(&server).await?;
    /// let weather: Weather = client.call("weather", json!({ "place": "Bern" })).await?;
    /// assert_eq!(weather.degrees, 4);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ClientError::Tool`] if the tool fails, [`ClientError::Decode`] if its result is not an `R`, and the errors of
    /// [`call_tool`](Self::call_tool).
    pub fn call<R: DeserializeOwned>(
        &self,
        name: &str,
        arguments: impl Into<Value>,
    ) -> ToolCall<'_, R> {
        self.tool_call(name, arguments.into(), typed)
    }

    fn tool_call<R>(
        &self,
        name: &str,
        arguments: Value,
        convert: fn(&str, ToolResult) -> Result<R, ClientError>,
    ) -> ToolCall<'_, R> {
        ToolCall {
            client: self,
            tool: name.to_owned(),
            arguments,
            options: RequestOptions::default(),
            convert,
            sent: None,
        }
    }
}

impl<'c, R: 'c> ToolCall<'c, R> {
    /// Sets the time without a response after which the call fails and is cancelled. Each progress notification of the
    /// server begins it anew. By default, [`ClientBuilder::timeout`](crate::client::ClientBuilder::timeout).
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sets the time after which the call fails and is cancelled, whatever progress it reports. A task that the call has
    /// become goes on.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.options.deadline = Some(deadline);
        self
    }

    /// Sets a function that gets the progress of the call.
    ///
    /// ```standalone_crate
    /// use std::sync::{Arc, Mutex};
    ///
    /// use fastmcp::client::Client;
    /// use fastmcp::prelude::*;
    ///
    /// /// Copies two files.
    /// #[tool]
    /// async fn copy(ctx: Context) {
    ///     ctx.report_progress(1.0, Some(2.0), Some("a.txt")).await;
    ///     ctx.report_progress(2.0, Some(2.0), Some("b.txt")).await;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let server = FastMcp::new("files").start().await?;
    /// let client = Client::connect(&server).await?;
    /// let files = Arc::new(Mutex::new(Vec::new()));
    /// let seen = Arc::clone(&files);
    /// client
    ///     .call_tool("copy", ())
    ///     .on_progress(move |update| seen.lock().unwrap().extend(update.message))
    ///     .await?;
    /// assert_eq!(*files.lock().unwrap(), ["a.txt", "b.txt"]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, handler: impl Fn(ProgressUpdate) + Send + Sync + 'static) -> Self {
        self.options.progress = Some(std::sync::Arc::new(move |params| {
            handler(ProgressUpdate::from_params(&params));
        }));
        self
    }

    /// Adds a value to the `_meta` of the request. The keys of the protocol stay as the protocol wants them.
    pub fn meta(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.options.meta.insert(key.into(), value.into());
        self
    }

    /// Adds a header to the request. Connections that are not HTTP ignore it.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.headers.push((name.into(), value.into()));
        self
    }

    /// Sends the call, and returns the task that the server makes of it, or the result if the server answers at once.
    ///
    /// # Errors
    ///
    /// The errors of [`Client::call_tool`].
    pub fn start(self) -> BoxFuture<'c, Result<Started<'c>, ClientError>> {
        async move {
            let (client, tool) = (self.client, self.tool.clone());
            let result = self.send().await?;
            if let Some(status) = TaskStatus::created(&result) {
                return Ok(Started::Task(TaskHandle::new(
                    client,
                    status.id,
                    Some(tool),
                )));
            }
            let result = tool_result(result)?;
            client.check_output(&tool, &result).await?;
            Ok(Started::Finished(result))
        }
        .boxed()
    }

    async fn send(self) -> Result<Value, ClientError> {
        let params = json!({ "name": self.tool, "arguments": object(self.arguments)? });
        self.client.run("tools/call", params, &self.options).await
    }

    fn into_sent(self) -> BoxFuture<'c, Result<R, ClientError>> {
        async move {
            let (tool, convert) = (self.tool.clone(), self.convert);
            let deadline = self.options.deadline;
            let finish = async move {
                match self.start().await? {
                    Started::Task(task) => task.result().await,
                    Started::Finished(result) => Ok(result),
                }
            };
            let result = match deadline {
                Some(after) => {
                    let method = "tools/call";
                    let ended = tokio::time::timeout(after, finish).await;
                    ended.map_err(|_| ClientError::Deadline { method, after })??
                }
                None => finish.await?,
            };
            convert(&tool, result)
        }
        .boxed()
    }
}

/// Sends the call with the first poll, so that a call works wherever a future is expected.
impl<'c, R: 'c> Future for ToolCall<'c, R> {
    type Output = Result<R, ClientError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.sent.is_none() {
            let call = ToolCall {
                client: self.client,
                tool: std::mem::take(&mut self.tool),
                arguments: self.arguments.take(),
                options: std::mem::take(&mut self.options),
                convert: self.convert,
                sent: None,
            };
            self.sent = Some(call.into_sent());
        }
        match &mut self.sent {
            Some(sent) => sent.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl<R> fmt::Debug for ToolCall<'_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall")
            .field("tool", &self.tool)
            .field("arguments", &self.arguments)
            .finish_non_exhaustive()
    }
}
