//! The built-in event `task.finished`: a task of the client has ended.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of the event.
pub(crate) const NAME: &str = "task.finished";

/// The module that declares the event.
pub(crate) const MODULE: &str = module_path!();

/// A task that has ended.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TaskFinished {
    /// The ID of the task, for `tasks/get`
    pub(crate) task_id: String,
    /// The tool that was called
    pub(crate) tool: String,
    /// The status: `completed`, `failed` or `cancelled`
    pub(crate) status: String,
}

/// A task of yours has ended. `tasks/get` returns its result.
#[fastmcp_macros::event(name = "task.finished", crate = crate)]
pub(crate) fn task_finished(
    /// The task; without it, all of your tasks
    #[arg(rename = "taskId")]
    task_id: Option<String>,
    #[payload] task: &TaskFinished,
) -> bool {
    task_id.is_none_or(|id| id == task.task_id)
}
