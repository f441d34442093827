//! [`TaskHandle`]: a task that a server has made of a call.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::client::error::{ClientError, connection_error};
use crate::client::handle::Client;
use crate::client::handlers::elicitation_result;
use crate::client::request::RequestOptions;
use crate::client::result::{tool_result, typed};
use crate::client::task_status::{TaskQuestion, TaskState, TaskStatus};
use crate::client::task_updates::{Change, TaskUpdates};
use crate::component::output::tool_result::ToolResult;
use crate::context::elicit::Elicited;

/// The time between two requests for the state of a task if the server does not say.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// The limits of the time between two requests. A server cannot make the client spin or sleep forever.
const POLL_LIMITS: (Duration, Duration) = (Duration::from_millis(20), Duration::from_mins(1));

/// A task of a server.
///
/// Its id and the address of the server are all that another process needs to go on with it:
/// [`Client::task`] returns the handle. Dropping a handle does not cancel the task.
///
/// ```no_run
/// use fastmcp::client::{Client, Started};
/// use fastmcp::mcp::ProtocolVersion;
/// use fastmcp::serde_json::json;
///
/// # async fn example() -> fastmcp::Result<()> {
/// let client = Client::builder()
///     .protocol(ProtocolVersion::V_2026_07_28)
///     .http("https://example.com/mcp")
///     .await?;
/// if let Started::Task(task) = client.call_tool("analyze", json!({ "year": 2025 })).start().await? {
///     std::fs::write("task", task.id())?;
/// }
///
/// // Later, in another process:
/// let task = client.task(std::fs::read_to_string("task")?);
/// println!("{:?}", task.result().await?);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct TaskHandle<'c> {
    client: &'c Client,
    id: String,
    /// The tool, if it is known: its output schema is.
    tool: Option<String>,
}

impl Client {
    /// Returns the handle of a task, from its id. The request for its state shows whether there is such a task.
    pub fn task(&self, id: impl Into<String>) -> TaskHandle<'_> {
        TaskHandle::new(self, id.into(), None)
    }
}

/// The answer to a question of a task.
///
/// [`Elicitation::accept`](crate::client::Elicitation::accept) returns one for a question to the user, and JSON is the
/// result of the question's method, such as `{"action": "decline"}`.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskAnswer(Value);

impl From<Elicited<Value>> for TaskAnswer {
    fn from(answer: Elicited<Value>) -> Self {
        Self(elicitation_result(answer, true))
    }
}

impl From<Value> for TaskAnswer {
    fn from(answer: Value) -> Self {
        Self(answer)
    }
}

impl<'c> TaskHandle<'c> {
    pub(super) fn new(client: &'c Client, id: String, tool: Option<String>) -> Self {
        Self { client, id, tool }
    }

    /// Returns the id.
    pub fn id(&self) -> &str {
        &self.id
    }

    async fn request(&self, method: &'static str, mut params: Value) -> Result<Value, ClientError> {
        params["taskId"] = self.id.as_str().into();
        let options = RequestOptions::default();
        self.client.run(method, params, &options).await
    }

    /// Returns the state of the task.
    ///
    /// # Errors
    ///
    /// [`ClientError::Refused`] with the code -32602 if there is no such task, or it has expired.
    pub fn status(&self) -> BoxFuture<'c, Result<TaskStatus, ClientError>> {
        let task = self.clone();
        async move {
            let result = task.request("tasks/get", json!({})).await?;
            let status = TaskStatus::read(&result);
            status.ok_or_else(|| connection_error(format!("not the state of a task: {result}")))
        }
        .boxed()
    }

    /// Answers a question of the task. `key` is the one of the [question](TaskStatus::questions). An answer to a question
    /// that has been answered is ignored.
    ///
    /// # Errors
    ///
    /// The errors of [`status`](Self::status).
    pub fn answer(
        &self,
        key: &str,
        answer: impl Into<TaskAnswer>,
    ) -> BoxFuture<'c, Result<(), ClientError>> {
        self.send_answers(Map::from_iter([(key.to_owned(), answer.into().0)]))
    }

    fn send_answers(&self, answers: Map<String, Value>) -> BoxFuture<'c, Result<(), ClientError>> {
        let task = self.clone();
        async move {
            let params = json!({ "inputResponses": answers });
            task.request("tasks/update", params).await.map(drop)
        }
        .boxed()
    }

    /// Asks the server to cancel the task. A task that has ended stays as it is.
    ///
    /// # Errors
    ///
    /// The errors of [`status`](Self::status).
    pub fn cancel(&self) -> BoxFuture<'c, Result<(), ClientError>> {
        let task = self.clone();
        async move { task.request("tasks/cancel", json!({})).await.map(drop) }.boxed()
    }

    /// Waits until the task has ended, and returns its last state. Questions of the task are answered with the handlers of
    /// the client.
    ///
    /// A server that sends `notifications/tasks` is asked for the state only at the begin, when the subscription has
    /// begun, and once a minute; another one, at the interval that it suggests.
    ///
    /// # Errors
    ///
    /// [`ClientError::Unanswered`] if the task has a question without a handler; [`answer`](Self::answer) then answers it,
    /// and the wait can be repeated. The errors of [`status`](Self::status).
    pub fn wait(&self) -> BoxFuture<'c, Result<TaskStatus, ClientError>> {
        self.follow(|_| {})
    }

    /// As [`wait`](Self::wait), and passes each state on.
    pub(crate) fn follow(
        &self,
        on_status: impl Fn(&TaskStatus) + Send + Sync + 'c,
    ) -> BoxFuture<'c, Result<TaskStatus, ClientError>> {
        let task = self.clone();
        async move {
            // The server may show a question again until it has stored the answer.
            let mut answered: HashSet<String> = HashSet::new();
            let connection = Arc::clone(&task.client.connection);
            let receivers = Arc::clone(&task.client.subscribers.tasks);
            let mut updates = TaskUpdates::new(connection, receivers, &task.id);
            let mut sent = None;
            loop {
                let status = match sent.take() {
                    Some(status) => status,
                    None => task.status().await?,
                };
                on_status(&status);
                if status.state.is_terminal() {
                    return Ok(status);
                }
                let new = status.questions.iter();
                let new: Vec<&TaskQuestion> =
                    new.filter(|it| !answered.contains(&it.key)).collect();
                if !new.is_empty() {
                    let answers = task.ask(&new).await?;
                    answered.extend(answers.keys().cloned());
                    task.send_answers(answers).await?;
                    continue;
                }
                let interval = status.poll_interval.unwrap_or(POLL_INTERVAL);
                let interval = interval.clamp(POLL_LIMITS.0, POLL_LIMITS.1);
                if let Change::Sent(status) = updates.next(interval).await {
                    sent = Some(*status);
                }
            }
        }
        .boxed()
    }

    /// Returns the answers of the client's handlers.
    async fn ask(&self, questions: &[&TaskQuestion]) -> Result<Map<String, Value>, ClientError> {
        let questions: Map<String, Value> = questions
            .iter()
            .map(|it| {
                let question = json!({ "method": it.method, "params": it.params });
                (it.key.clone(), question)
            })
            .collect();
        match self.client.answer(questions.into()).await? {
            Value::Object(answers) => Ok(answers),
            _ => Ok(Map::new()),
        }
    }

    /// Waits until the task has ended, and returns its result.
    ///
    /// # Errors
    ///
    /// [`ClientError::TaskCancelled`], [`ClientError::Refused`] with the error of a task that has failed, and the errors
    /// of [`wait`](Self::wait). The error of a tool is in its result, as in [`Client::call_tool`].
    pub fn result(&self) -> BoxFuture<'c, Result<ToolResult, ClientError>> {
        let task = self.clone();
        async move {
            let status = task.wait().await?;
            task.outcome(status).await
        }
        .boxed()
    }

    /// Returns the result in the last state of the task.
    pub(crate) async fn outcome(&self, status: TaskStatus) -> Result<ToolResult, ClientError> {
        match status.state {
            TaskState::Cancelled => Err(ClientError::TaskCancelled(self.id.clone())),
            TaskState::Failed => Err(ClientError::refused(status.outcome)),
            _ => {
                let result = tool_result(status.outcome)?;
                if let Some(tool) = &self.tool {
                    self.client.check_output(tool, &result).await?;
                }
                Ok(result)
            }
        }
    }

    /// Waits until the task has ended, and decodes its result as [`Client::call`] does.
    ///
    /// # Errors
    ///
    /// The errors of [`result`](Self::result) and [`Client::call`].
    pub fn result_as<R: DeserializeOwned>(&self) -> BoxFuture<'c, Result<R, ClientError>> {
        let task = self.clone();
        async move {
            let result = task.result().await?;
            typed(task.tool.as_deref().unwrap_or(&task.id), result)
        }
        .boxed()
    }
}
