//! Converts tasks to the protocol's messages, and checks the capability for them.

use rmcp::ErrorData;
use rmcp::model::{
    ClientCapabilities, CreateTaskResult, DetailedTask, GetTaskResult, InputRequests, JsonObject,
    RequestMetaObject, ServerCapabilities, Task, TaskPayload, TaskStatus as WireStatus,
};
use serde_json::Value;

use crate::component::task_view::{CreatedTask, TaskStatus, TaskView};
use crate::mcp_tasks::note::millis;
use crate::mcp_tasks::tasks::TaskError;
use crate::protocol::convert::{call_tool_result, error_data};

/// Returns whether the request declares support for tasks. Earlier requests do not count, because
/// the parts of one client may support different extensions.
pub(crate) fn is_declared(meta: &RequestMetaObject) -> bool {
    meta.client_capabilities()
        .is_some_and(|capabilities| capabilities.supports_tasks())
}

/// Returns the error for a request that does not declare support for tasks but has to.
pub(crate) fn undeclared() -> ErrorData {
    let tasks = ClientCapabilities::builder().enable_tasks().build();
    ErrorData::missing_required_client_capability(tasks)
}

/// Declares the extension.
pub(crate) fn advertise(capabilities: &mut ServerCapabilities) {
    capabilities.extensions = ServerCapabilities::builder()
        .enable_tasks()
        .build()
        .extensions;
}

pub(crate) fn task_error_data(error: TaskError) -> ErrorData {
    error_data(error.into())
}

/// Returns the response to a call that became a task.
pub(crate) fn created(created: CreatedTask) -> CreateTaskResult {
    let CreatedTask { id, view } = created;
    CreateTaskResult::new(task(id, WireStatus::Working, &view))
}

/// Returns the response to `tasks/get`.
pub(crate) fn detailed(id: String, mut view: TaskView) -> Result<GetTaskResult, ErrorData> {
    let status = std::mem::replace(&mut view.status, TaskStatus::Working);
    let payload = payload(status).map_err(|error| {
        tracing::error!(%error, "cannot encode a task");
        task_error_data(TaskError::Internal)
    })?;
    let task = task(id, payload.status(), &view);
    Ok(GetTaskResult::new(DetailedTask::new(task, payload)))
}

fn task(id: String, status: WireStatus, view: &TaskView) -> Task {
    let mut task = Task::new(id, status, &*view.created, &*view.updated);
    task.ttl_ms = view.ttl.map(millis);
    task.poll_interval_ms = view.poll.map(millis);
    task.status_message.clone_from(&view.message);
    task
}

fn payload(status: TaskStatus) -> serde_json::Result<TaskPayload> {
    Ok(match status {
        TaskStatus::Working => TaskPayload::Working,
        TaskStatus::InputRequired(open) => TaskPayload::InputRequired {
            input_requests: serde_json::from_value::<InputRequests>(Value::Object(open))?,
        },
        TaskStatus::Completed(result) => TaskPayload::Completed {
            result: object(&call_tool_result(result))?,
        },
        TaskStatus::Failed(error) => TaskPayload::Failed {
            error: object(&error_data(error))?,
        },
        TaskStatus::Cancelled => TaskPayload::Cancelled,
    })
}

fn object(value: &impl serde::Serialize) -> serde_json::Result<JsonObject> {
    serde_json::from_value(serde_json::to_value(value)?)
}
