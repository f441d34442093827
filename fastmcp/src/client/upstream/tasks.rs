//! Passes tasks on: calls that a remote server makes into tasks, and requests about them.
//!
//! This server stores nothing for such a task. The ID for the client contains the ID of the remote server and the
//! tool. It is signed with the secret of this server and bound to the caller and to the place of the proxy, because the
//! remote server sees one client and cannot tell callers apart.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use rmcp::model::CallToolResult;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::client::upstream::relay::{self, request_error, tool_result};
use crate::client::upstream::shared::Shared;
use crate::component::remote_task::RemoteTask;
use crate::component::request_error::RequestError;
use crate::component::task_view::{CreatedTask, TaskStatus, TaskView};
use crate::context::meta::{CLIENT_CAPABILITIES, TASKS};
use crate::context::request::Context;
use crate::error::{Error, ProtocolError, ToolError};

/// The maximum length of the ID of a task of a remote server. The HTTP header `Mcp-Name` contains the ID, and a name.
const MAX_ID: usize = 1024;

/// Returns the error for the client that gets a task instead of the result of its call.
pub(super) fn created(
    shared: &Shared,
    tool: &str,
    handle: Value,
    context: &Context,
) -> Result<RequestError, Error> {
    let task = parse(shared, handle)?;
    let id = task.id.clone();
    if id.is_empty() || id.len() > MAX_ID {
        let problem = format!("its ID has {} bytes instead of 1 to {MAX_ID}", id.len());
        return Err(invalid(shared, &problem));
    }
    let id = shared.task_ids.sign(tool, &id, context);
    let id = id.ok_or_else(|| Error::msg("the secret of the server is too short"))?;
    let mut view = task.view(shared)?;
    // The client gets later states from its first poll.
    view.status = TaskStatus::Working;
    Ok(RequestError::Task(Box::new(CreatedTask { id, view })))
}

/// Finds the task with an ID that this server has signed for the caller.
pub(super) fn find(
    shared: &Arc<Shared>,
    id: &str,
    context: &Context,
) -> Option<Box<dyn RemoteTask>> {
    let (tool, id) = shared.task_ids.read(id, context)?;
    Some(Box::new(Passed {
        shared: Arc::clone(shared),
        context: context.clone(),
        tool,
        id,
    }))
}

/// A task of a remote server, for one request.
struct Passed {
    shared: Arc<Shared>,
    context: Context,
    tool: String,
    id: String,
}

impl Passed {
    async fn send(&self, method: &'static str, mut params: Value) -> Result<Value, RequestError> {
        params["taskId"] = Value::from(&*self.id);
        let capabilities = json!({ "extensions": { (TASKS): {} } });
        params["_meta"] = json!({ (CLIENT_CAPABILITIES): capabilities });
        let sent = relay::send(&self.shared, &self.context, method, params);
        sent.await.map_err(request_error)
    }
}

impl RemoteTask for Passed {
    fn tool(&self) -> String {
        self.tool.clone()
    }

    fn get(&self) -> BoxFuture<'_, Result<TaskView, RequestError>> {
        async move {
            let task = self.send("tasks/get", json!({})).await?;
            let task = parse(&self.shared, task).map_err(request_error)?;
            task.view(&self.shared).map_err(request_error)
        }
        .boxed()
    }

    fn update(&self, answers: Map<String, Value>) -> BoxFuture<'_, Result<(), RequestError>> {
        async move {
            let params = json!({ "inputResponses": answers });
            self.send("tasks/update", params).await.map(drop)
        }
        .boxed()
    }

    fn cancel(&self) -> BoxFuture<'_, Result<(), RequestError>> {
        async move { self.send("tasks/cancel", json!({})).await.map(drop) }.boxed()
    }
}

/// A task, as the remote server describes it (SEP-2663).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Task {
    #[serde(rename = "taskId")]
    id: String,
    status: Status,
    status_message: Option<String>,
    created_at: String,
    last_updated_at: String,
    ttl_ms: Option<u64>,
    poll_interval_ms: Option<u64>,
    input_requests: Option<Map<String, Value>>,
    result: Option<CallToolResult>,
    error: Option<TaskError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Status {
    Working,
    InputRequired,
    Completed,
    Failed,
    Cancelled,
}

#[derive(Deserialize)]
struct TaskError {
    code: i32,
    message: String,
    data: Option<Value>,
}

impl Task {
    fn view(self, shared: &Shared) -> Result<TaskView, Error> {
        let missing = |part: &str| invalid(shared, &format!("`{part}` is missing"));
        let status = match self.status {
            Status::Working => TaskStatus::Working,
            Status::Cancelled => TaskStatus::Cancelled,
            Status::InputRequired => {
                let questions = self.input_requests;
                TaskStatus::InputRequired(questions.ok_or_else(|| missing("inputRequests"))?)
            }
            Status::Completed => {
                let result = self.result.ok_or_else(|| missing("result"))?;
                TaskStatus::Completed(tool_result(result))
            }
            Status::Failed => {
                let error = self.error.ok_or_else(|| missing("error"))?;
                let mut failed = ProtocolError::new(error.code, error.message);
                failed.data = error.data;
                TaskStatus::Failed(failed)
            }
        };
        Ok(TaskView {
            created: self.created_at,
            updated: self.last_updated_at,
            ttl: self.ttl_ms.map(Duration::from_millis),
            poll: self.poll_interval_ms.map(Duration::from_millis),
            message: self.status_message,
            status,
        })
    }
}

fn parse(shared: &Shared, task: Value) -> Result<Task, Error> {
    serde_json::from_value(task).map_err(|error| invalid(shared, &error.to_string()))
}

fn invalid(shared: &Shared, problem: &str) -> Error {
    let name = &shared.name;
    ToolError::new(format!(
        "the server `{name}` has sent an invalid task: {problem}"
    ))
    .into()
}
