//! [`TaskStatus`]: the state of a task that a server has made of a call.

use std::time::Duration;

use serde_json::Value;

use crate::client::elicitation::Elicitation;
use crate::client::sampling::Sampling;

/// The state of a task (SEP-2663, "Tasks").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TaskStatus {
    /// The id.
    pub id: String,
    /// The state.
    pub state: TaskState,
    /// What the server is doing, or the reason of a failure.
    pub message: Option<String>,
    /// The time of its creation, in the format of RFC 3339.
    pub created_at: String,
    /// The time of its last change, in the format of RFC 3339.
    pub updated_at: String,
    /// The time since its creation after which the server may forget the task; `None` if it has no limit.
    pub ttl: Option<Duration>,
    /// The time that the server wants between two requests for the state.
    pub poll_interval: Option<Duration>,
    /// The questions that wait for an answer.
    pub questions: Vec<TaskQuestion>,
    /// The result of a completed task, or the error of a failed one.
    pub(crate) outcome: Value,
}

/// The states of a task. The last three never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TaskState {
    /// The server works on it.
    Working,
    /// It waits for answers.
    InputRequired,
    /// It has a result, which may be the error of the tool.
    Completed,
    /// It has ended with a JSON-RPC error.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// A question of a task.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TaskQuestion {
    /// The key of the answer.
    pub key: String,
    /// The method, such as `elicitation/create`.
    pub method: String,
    /// The parameters, as JSON.
    pub params: Value,
}

impl TaskState {
    /// Returns whether the task has ended.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Working | Self::InputRequired)
    }
}

impl TaskQuestion {
    /// Returns the question to the user, if it is one.
    pub fn elicitation(&self) -> Option<Elicitation> {
        let params = || Elicitation::from_params(self.params.clone());
        (self.method == "elicitation/create").then(params)
    }

    /// Returns the question to the model, if it is one.
    pub fn sampling(&self) -> Option<Sampling> {
        let params = || Sampling::new(self.params.clone());
        (self.method == "sampling/createMessage").then(params)
    }
}

impl TaskStatus {
    /// Reads the task that a server has made of a call. `None` if the result is not a task.
    pub(crate) fn created(result: &Value) -> Option<Self> {
        if result["resultType"] == "task" {
            Self::read(result)
        } else {
            None
        }
    }

    /// Reads the result of `tasks/get`.
    pub(crate) fn read(result: &Value) -> Option<Self> {
        let text = |key: &str| result[key].as_str().map(str::to_owned);
        let span = |key: &str| result[key].as_u64().map(Duration::from_millis);
        let state = match result["status"].as_str()? {
            "working" => TaskState::Working,
            "input_required" => TaskState::InputRequired,
            "completed" => TaskState::Completed,
            "failed" => TaskState::Failed,
            "cancelled" => TaskState::Cancelled,
            _ => return None,
        };
        let questions = result["inputRequests"].as_object().into_iter().flatten();
        let questions = questions.map(|(key, question)| TaskQuestion {
            key: key.clone(),
            method: question["method"].as_str().unwrap_or_default().to_owned(),
            params: question["params"].clone(),
        });
        Some(Self {
            id: text("taskId")?,
            state,
            message: text("statusMessage"),
            created_at: text("createdAt").unwrap_or_default(),
            updated_at: text("lastUpdatedAt").unwrap_or_default(),
            ttl: span("ttlMs"),
            poll_interval: span("pollIntervalMs"),
            questions: questions.collect(),
            outcome: match state {
                TaskState::Completed => result["result"].clone(),
                TaskState::Failed => result["error"].clone(),
                _ => Value::Null,
            },
        })
    }
}
