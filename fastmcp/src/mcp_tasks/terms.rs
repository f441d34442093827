//! [`Terms`]: the terms on which a call becomes a task.

use std::time::Duration;

use crate::component::options::TaskOptions;
use crate::component::task_fallback::TaskFallback;

/// The terms of one task.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    /// The ID, if it was chosen before the call; it is random in any case.
    pub(crate) id: Option<String>,
    /// The time for which the task is kept after its creation.
    pub(crate) ttl: Duration,
    /// The interval between polls that the server suggests.
    pub(crate) poll: Duration,
    /// `true` if the client does not support tasks.
    pub(crate) is_fallback: bool,
}

/// The client that a task is made for.
#[derive(Debug, Clone)]
pub(crate) enum TaskClient {
    /// It supports tasks.
    WithTasks,
    /// It does not, and gets this ID if the call takes long.
    Without { fallback: TaskFallback, id: String },
}

impl Terms {
    /// Returns the terms for a tool with these options.
    pub(crate) fn of(options: TaskOptions, client: &TaskClient) -> Self {
        let (ttl, poll) = (options.ttl(), options.poll());
        match client {
            TaskClient::WithTasks => Self {
                id: None,
                ttl,
                poll,
                is_fallback: false,
            },
            TaskClient::Without { fallback, id } => Self {
                id: Some(id.clone()),
                ttl: fallback.ttl_of(ttl),
                poll: fallback.poll_of(poll),
                is_fallback: true,
            },
        }
    }
}
