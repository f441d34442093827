//! The key and the task name of the execution behind a task.

use crate::docket::model::key::Key;

/// The prefix of the execution's key; the task's ID follows.
const KEY_PREFIX: &str = "fastmcp:task/";

/// The prefix of the execution's task name; the tool's name follows. The name of a `#[task]` has no
/// colon, so the two cannot be equal.
const TOOL_PREFIX: &str = "fastmcp:tool/";

/// Returns the key of the execution behind the task `id`.
pub(crate) fn execution_key(id: &str) -> Key {
    Key::from(format!("{KEY_PREFIX}{id}"))
}

/// Returns the ID of the task behind an execution with this key.
#[cfg(feature = "events")]
pub(crate) fn task_id(key: &str) -> Option<&str> {
    key.strip_prefix(KEY_PREFIX)
}

/// Returns the task name of an execution that calls `tool`.
pub(crate) fn execution_task(tool: &str) -> String {
    format!("{TOOL_PREFIX}{tool}")
}

/// Returns the tool that an execution with this task name calls; `None` for a `#[task]` of the
/// program.
pub(crate) fn tool_name(task: &str) -> Option<&str> {
    task.strip_prefix(TOOL_PREFIX)
}
