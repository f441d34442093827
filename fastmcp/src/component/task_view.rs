//! [`TaskView`]: a task of a client, as the protocol describes it.

use std::time::Duration;

use serde_json::{Map, Value};

use crate::component::output::tool_result::ToolResult;
use crate::error::ProtocolError;

/// A snapshot of a task.
#[derive(Debug, Clone)]
pub(crate) struct TaskView {
    pub(crate) created: String,
    pub(crate) updated: String,
    /// The lifetime, counted from the creation; `None` if it is unlimited.
    pub(crate) ttl: Option<Duration>,
    /// The suggested interval between polls.
    pub(crate) poll: Option<Duration>,
    pub(crate) message: Option<String>,
    pub(crate) status: TaskStatus,
}

/// The status of a task with the data that belongs to it.
#[derive(Debug, Clone)]
pub(crate) enum TaskStatus {
    Working,
    /// The open questions by key.
    InputRequired(Map<String, Value>),
    Completed(ToolResult),
    Failed(ProtocolError),
    Cancelled,
}

impl TaskStatus {
    /// Returns whether the task has ended.
    pub(crate) fn is_terminal(&self) -> bool {
        !matches!(self, Self::Working | Self::InputRequired(_))
    }
}

/// A task that was just created.
#[derive(Debug, Clone)]
pub(crate) struct CreatedTask {
    pub(crate) id: String,
    pub(crate) view: TaskView,
}
