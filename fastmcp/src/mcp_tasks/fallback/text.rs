//! The texts and objects that models get about a task.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::component::output::tool_result::ToolResult;
use crate::component::task_fallback::TaskFallback;
use crate::component::task_view::{TaskStatus, TaskView};
use crate::mcp_tasks::note::millis;
use crate::mcp_tasks::tasks::TaskError;

/// The answer to a call that goes on as a task.
pub(crate) fn started(
    fallback: &TaskFallback,
    tool: &str,
    id: &str,
    view: &TaskView,
) -> ToolResult {
    let text = format!(
        "`{tool}` is still running and goes on in the background. Do not call `{tool}` again for this. {}",
        next_steps(fallback, id, view)
    );
    ToolResult::text(text).with_structured_content(object(id, view))
}

/// The answer about the status of a task.
pub(crate) fn status(fallback: &TaskFallback, id: &str, view: &TaskView) -> ToolResult {
    let text = match &view.status {
        TaskStatus::Working => format!("working{}. {}", note(view), next_steps(fallback, id, view)),
        TaskStatus::InputRequired(_) => format!(
            "input_required{}. The task waits for an answer that only a client with the MCP tasks extension can give; \
             `{}` ends it.",
            note(view),
            fallback.cancel
        ),
        TaskStatus::Completed(_) => format!(
            "completed. Call `{}` with this taskId to get the result.",
            fallback.result
        ),
        TaskStatus::Failed(error) => format!("failed: {} ({})", error.message, error.code),
        TaskStatus::Cancelled => "cancelled".to_owned(),
    };
    ToolResult::text(text).with_structured_content(object(id, view))
}

/// The answer to the request for a result: the result of the tool itself, or the reason why there is none.
pub(crate) fn result(fallback: &TaskFallback, id: &str, view: TaskView) -> ToolResult {
    match view.status {
        TaskStatus::Completed(result) => result,
        TaskStatus::Failed(error) => ToolResult::error(format!(
            "the task failed: {} ({})",
            error.message, error.code
        )),
        TaskStatus::Cancelled => ToolResult::error("the task was cancelled, so it has no result"),
        TaskStatus::Working | TaskStatus::InputRequired(_) => status(fallback, id, &view),
    }
}

/// The answer to the cancellation of a task that has this status now.
pub(crate) fn cancelled(id: &str, view: &TaskView) -> ToolResult {
    let text = match view.status {
        TaskStatus::Cancelled => "cancelled",
        TaskStatus::Working | TaskStatus::InputRequired(_) => {
            "the cancellation was requested; the task ends soon"
        }
        TaskStatus::Completed(_) | TaskStatus::Failed(_) => {
            "the task had ended before, so nothing was cancelled"
        }
    };
    ToolResult::text(text).with_structured_content(object(id, view))
}

/// The answer about a task that is not found, or cannot be read.
pub(crate) fn error(error: &TaskError) -> ToolResult {
    ToolResult::error(match error {
        // One text, so that nobody can find out which IDs exist.
        TaskError::NotFound => {
            "task not found: there is no task with this taskId, or it has expired".to_owned()
        }
        error => error.to_string(),
    })
}

/// The sentence in the description of a tool.
pub(crate) fn description(fallback: &TaskFallback) -> String {
    let TaskFallback { after, result, .. } = fallback;
    format!(
        "If this takes longer than {after:?}, the answer has a `taskId` instead of the result, and the work goes on in the \
         background: then call `{result}` with this `taskId`, and do not call this tool again for the same work."
    )
}

fn next_steps(fallback: &TaskFallback, id: &str, view: &TaskView) -> String {
    let TaskFallback {
        after,
        status,
        result,
        cancel,
        ..
    } = fallback;
    let poll = rounded(view.poll.unwrap_or_default());
    format!(
        "taskId: `{id}`. In {poll:?}, call `{status}` with this taskId, or call `{result}`, which waits up to {after:?} for \
         the result. `{cancel}` ends the task."
    )
}

/// Returns the latest message of the tool, after a colon.
fn note(view: &TaskView) -> String {
    let message = view.message.as_deref();
    message.map_or_else(String::new, |it| format!(": {it}"))
}

/// Returns whole milliseconds, for a short text.
fn rounded(time: Duration) -> Duration {
    Duration::from_millis(millis(time))
}

/// Returns the task as the tasks extension describes it, without the result.
fn object(id: &str, view: &TaskView) -> Value {
    let (status, error) = match &view.status {
        TaskStatus::Working => ("working", None),
        TaskStatus::InputRequired(_) => ("input_required", None),
        TaskStatus::Completed(_) => ("completed", None),
        TaskStatus::Failed(error) => ("failed", Some(error)),
        TaskStatus::Cancelled => ("cancelled", None),
    };
    let mut object = Map::new();
    object.insert("taskId".to_owned(), id.into());
    object.insert("status".to_owned(), status.into());
    if let Some(message) = &view.message {
        object.insert("statusMessage".to_owned(), message.as_str().into());
    }
    object.insert("createdAt".to_owned(), view.created.as_str().into());
    object.insert("lastUpdatedAt".to_owned(), view.updated.as_str().into());
    object.insert("ttlMs".to_owned(), json!(view.ttl.map(millis)));
    if let Some(poll) = view.poll {
        object.insert("pollIntervalMs".to_owned(), millis(poll).into());
    }
    if let Some(error) = error {
        let error = json!({ "code": error.code, "message": error.message });
        object.insert("error".to_owned(), error);
    }
    object.into()
}
