//! Tasks on the wire: from what the server knows of them to the protocol library's messages.

use rmcp::ErrorData;
use rmcp::model::{
    ClientCapabilities, CreateTaskResult, DetailedTask, ErrorCode, GetTaskResult, InputRequests,
    JsonObject, RequestMetaObject, ServerCapabilities, Task, TaskPayload, TaskStatus,
};
use serde_json::Value;

use crate::mcp_tasks::tasks::{Created, TaskError};
use crate::mcp_tasks::view::{ErrorObject, TaskView, Told};

/// Whether the request itself says that its client follows tasks. What the client said before does not count: it may
/// be another part of it that asks.
pub(crate) fn is_declared(meta: &RequestMetaObject) -> bool {
    meta.client_capabilities()
        .is_some_and(|capabilities| capabilities.supports_tasks())
}

/// The refusal of a request that does not say so, where it has to.
pub(crate) fn undeclared() -> ErrorData {
    let tasks = ClientCapabilities::builder().enable_tasks().build();
    ErrorData::missing_required_client_capability(tasks)
}

/// Tells clients that the server has tasks.
pub(crate) fn advertise(capabilities: &mut ServerCapabilities) {
    capabilities.extensions = ServerCapabilities::builder()
        .enable_tasks()
        .build()
        .extensions;
}

pub(crate) fn into_error(error: &TaskError) -> ErrorData {
    let message = error.to_string();
    match error {
        TaskError::NotFound | TaskError::TooLarge(_) => ErrorData::invalid_params(message, None),
        TaskError::Internal => ErrorData::internal_error(message, None),
    }
}

/// The error of a call, to be kept until its client asks.
pub(crate) fn error_object(error: ErrorData) -> ErrorObject {
    ErrorObject {
        code: error.code.0,
        message: error.message.into_owned(),
        data: error.data,
    }
}

/// The handle of a new task.
pub(crate) fn handle(created: Created) -> CreateTaskResult {
    let Created { id, view } = created;
    CreateTaskResult::new(task(id, TaskStatus::Working, &view))
}

/// A task, with all that belongs to its status.
pub(crate) fn detailed(id: String, mut view: TaskView) -> Result<GetTaskResult, ErrorData> {
    let told = std::mem::replace(&mut view.told, Told::Working);
    let payload = payload(told).map_err(|error| {
        tracing::error!(%error, "a task cannot be told");
        into_error(&TaskError::Internal)
    })?;
    let task = task(id, payload.status(), &view);
    Ok(GetTaskResult::new(DetailedTask::new(task, payload)))
}

fn task(id: String, status: TaskStatus, view: &TaskView) -> Task {
    let mut task = Task::new(id, status, &*view.created, &*view.updated)
        .with_ttl_ms(view.ttl_ms())
        .with_poll_interval_ms(view.poll_ms());
    task.status_message.clone_from(&view.message);
    task
}

fn payload(told: Told) -> serde_json::Result<TaskPayload> {
    Ok(match told {
        Told::Working => TaskPayload::Working,
        Told::InputRequired(open) => TaskPayload::InputRequired {
            input_requests: serde_json::from_value::<InputRequests>(Value::Object(open))?,
        },
        Told::Completed(result) => TaskPayload::Completed {
            result: object(&crate::protocol::convert::into_wire(result))?,
        },
        Told::Failed(error) => {
            let mut data = ErrorData::new(ErrorCode(error.code), error.message, None);
            data.data = error.data;
            TaskPayload::Failed {
                error: object(&data)?,
            }
        }
        Told::Cancelled => TaskPayload::Cancelled,
    })
}

fn object(value: &impl serde::Serialize) -> serde_json::Result<JsonObject> {
    serde_json::from_value(serde_json::to_value(value)?)
}
