//! A call of a tool whose progress the caller sees, and which may become a task.

use std::sync::Arc;
use std::time::Duration;

use rmcp::model::CallToolResult;
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

use crate::client::builder::ClientBuilder;
use crate::client::error::{ClientError, connection_error};
use crate::client::{Client, MAX_ROUNDS};

/// The progress of a call: the steps done, their total, and a description of the current step.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct CallProgress {
    pub(crate) done: f64,
    pub(crate) total: Option<f64>,
    pub(crate) message: Option<String>,
}

/// Receives the progress of a call.
pub(crate) type OnProgress = Arc<dyn Fn(CallProgress) + Send + Sync>;

/// The interval of polls if the server suggests none.
const POLL: Duration = Duration::from_secs(1);
/// The shortest interval of polls.
const SHORTEST_POLL: Duration = Duration::from_millis(20);

impl ClientBuilder {
    /// Declares that the client follows calls that become tasks.
    pub(crate) fn follow_tasks(mut self) -> Self {
        self.options.handlers.follows_tasks = true;
        self
    }
}

impl Client {
    /// Calls a tool, and follows it if it becomes a task. A call that is interrupted is cancelled.
    pub(crate) async fn call_followed(
        &self,
        name: &str,
        arguments: Map<String, Value>,
        on_progress: OnProgress,
        interrupted: &CancellationToken,
    ) -> Result<CallToolResult, ClientError> {
        let params = json!({ "name": name, "arguments": arguments });
        // Dropping the request cancels it.
        let result = tokio::select! {
            result = self.exchange_followed(params, &on_progress) => result?,
            () = interrupted.cancelled() => return Err(was_interrupted()),
        };
        let result = if result["resultType"] == "task" {
            self.follow_task(result, &on_progress, interrupted).await?
        } else {
            result
        };
        serde_json::from_value(result).map_err(connection_error)
    }

    /// Sends the call until the server asks no more questions.
    async fn exchange_followed(
        &self,
        mut params: Value,
        on_progress: &OnProgress,
    ) -> Result<Value, ClientError> {
        for _ in 0..MAX_ROUNDS {
            let on_progress = Arc::clone(on_progress);
            let sink = Arc::new(move |params: Value| {
                on_progress(CallProgress {
                    done: params["progress"].as_f64().unwrap_or_default(),
                    total: params["total"].as_f64(),
                    message: params["message"].as_str().map(str::to_owned),
                });
            });
            let call = self.connection.follow("tools/call", params.clone(), sink);
            let mut result = call.await?;
            if result["resultType"] != "input_required" {
                return Ok(result);
            }
            params["inputResponses"] = self.answer(result["inputRequests"].take()).await?;
            if let Value::String(state) = result["requestState"].take() {
                params["requestState"] = state.into();
            }
        }
        let reason = format!("the tool still asks questions after {MAX_ROUNDS} answers");
        Err(ClientError::Unanswered(reason))
    }

    /// Polls a task until it has ended, and answers its questions.
    async fn follow_task(
        &self,
        mut task: Value,
        on_progress: &OnProgress,
        interrupted: &CancellationToken,
    ) -> Result<Value, ClientError> {
        let id = task["taskId"].clone();
        let params = json!({ "taskId": id });
        loop {
            let message = task["statusMessage"].as_str();
            on_progress(CallProgress {
                message: message.or(Some("working")).map(str::to_owned),
                ..CallProgress::default()
            });
            match task["status"].as_str().unwrap_or_default() {
                "completed" => return Ok(task["result"].take()),
                "failed" => return Err(failure(&task["error"])),
                "cancelled" => {
                    let reason = "the task was cancelled".to_owned();
                    return Err(ClientError::Refused {
                        code: 0,
                        message: reason,
                        data: None,
                    });
                }
                "input_required" => {
                    let answers = tokio::select! {
                        answers = self.answer(task["inputRequests"].take()) => answers?,
                        () = interrupted.cancelled() => {
                            return self.cancel_task(params).await;
                        }
                    };
                    let update = json!({ "taskId": id, "inputResponses": answers });
                    self.connection.request("tasks/update", update).await?;
                }
                _ => {
                    let poll = task["pollIntervalMs"].as_u64();
                    let poll = poll.map_or(POLL, Duration::from_millis).max(SHORTEST_POLL);
                    tokio::select! {
                        () = tokio::time::sleep(poll) => {}
                        () = interrupted.cancelled() => {
                            return self.cancel_task(params).await;
                        }
                    }
                }
            }
            task = self.connection.request("tasks/get", params.clone()).await?;
        }
    }

    async fn cancel_task(&self, params: Value) -> Result<Value, ClientError> {
        let _ = self.connection.request("tasks/cancel", params).await;
        Err(was_interrupted())
    }
}

fn was_interrupted() -> ClientError {
    ClientError::Unanswered("the call was interrupted".into())
}

fn failure(error: &Value) -> ClientError {
    let code = error["code"].as_i64().and_then(|it| i32::try_from(it).ok());
    ClientError::Refused {
        code: code.unwrap_or_default(),
        message: error["message"].as_str().unwrap_or_default().to_owned(),
        data: error.get("data").cloned(),
    }
}
