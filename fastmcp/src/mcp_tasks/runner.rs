//! Runs the tool calls of tasks in the server's worker, next to the program's own tasks.

use std::fmt;
use std::future::ready;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::call::inject::origin::TaskCall;
use crate::component::dispatch::Dispatcher;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::context::answer_log::AnswerLog;
use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::handler::Handler;
use crate::docket::model::failure::Failure;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::model::suspension::Suspension;
use crate::docket::policy::Policy;
use crate::error::ProtocolError;
use crate::mcp_tasks::names::tool_name;
use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::request_snapshot::Payload;
use crate::mcp_tasks::stored::{StoredError, StoredResult};

/// Returns the handler of the server's worker. It runs the program's own `tasks` and, if a tool can
/// run as a task, the tool calls of clients.
pub(crate) fn handler(dispatcher: &Arc<Dispatcher>, tasks: Arc<dyn Handler>) -> Arc<dyn Handler> {
    if !dispatcher.has_task_tools() {
        return tasks;
    }
    Arc::new(Runner {
        dispatcher: Arc::clone(dispatcher),
        tasks,
        policy: Policy::default(),
    })
}

/// Runs tool calls, and delegates all other executions to `tasks`.
struct Runner {
    dispatcher: Arc<Dispatcher>,
    tasks: Arc<dyn Handler>,
    /// The policy of all tools. It has no retries, because an error of the tool is the result of
    /// the call.
    policy: Policy,
}

impl Runner {
    /// Finds the tool, even if it is hidden now: it was visible when its task was created.
    fn has_tool(&self, name: &str) -> bool {
        self.dispatcher.locate_task_tool(name).is_some()
    }
}

impl Handler for Runner {
    fn policy(&self, task: &str) -> Option<&Policy> {
        match tool_name(task) {
            Some(tool) => self.has_tool(tool).then_some(&self.policy),
            None => self.tasks.policy(task),
        }
    }

    fn run(&self, execution: CurrentExecution) -> BoxFuture<'static, Outcome> {
        let Some(name) = tool_name(execution.task()) else {
            return self.tasks.run(execution);
        };
        let name = name.to_owned();
        if !self.has_tool(&name) {
            // Not reached: the worker looks up the policy first, and offers an execution without a
            // policy to another worker.
            return undecodable(format!("unknown tool `{name}`"));
        }
        let payload: Payload = match serde_json::from_slice(execution.payload()) {
            Ok(payload) => payload,
            Err(error) => return undecodable(error),
        };
        let mut note = match Note::read(execution.note()) {
            Ok(note) => note,
            Err(error) => return undecodable(error),
        };
        let dispatcher = Arc::clone(&self.dispatcher);
        Box::pin(async move {
            let answer_log =
                AnswerLog::of_task(std::mem::take(&mut note.answer_log), execution.clone());
            let request = payload
                .request
                .into_request(&dispatcher, &execution, &answer_log);
            let call = TaskCall::new(Context::new(request), execution.clone());
            let cancelled = call.cancelled();
            let context = call.context.clone();
            let reply = dispatcher.call_any_tool(&name, payload.arguments, context, Some(call));
            tokio::select! {
                // If the body ends at the moment of the cancellation, its own outcome is more
                // useful.
                biased;
                reply = reply => match reply {
                    Err(RequestError::Suspended) => {
                        note.answer_log = answer_log.state();
                        suspend(&note, execution.take_suspension())
                    }
                    reply => outcome(reply),
                },
                // As in a direct call, the body is dropped at its current `.await`, and its
                // dependencies are torn down.
                () = cancelled => Outcome::Discard {
                    reason: "by request".into(),
                },
            }
        })
    }

    fn logs_errors(&self, task: &str) -> bool {
        tool_name(task).is_some() || self.tasks.logs_errors(task)
    }

    fn automatic(&self) -> Vec<Submission> {
        self.tasks.automatic()
    }
}

/// Parks the execution until the client has answered all open questions, or an event of its steps has happened.
fn suspend(note: &Note, events: Option<Suspension>) -> Outcome {
    match note.write() {
        Ok(note) => {
            let mut suspension = events.unwrap_or_default();
            suspension.note = Some(note);
            Outcome::Suspend(Box::new(suspension))
        }
        Err(error) => Outcome::Failed(Failure::error(error.to_string()).final_now()),
    }
}

fn undecodable(reason: impl fmt::Display) -> BoxFuture<'static, Outcome> {
    let reason = reason.to_string();
    Box::pin(ready(Outcome::Undecodable { reason }))
}

/// Converts the reply to the outcome of the execution. A JSON-RPC error is final: the same request
/// would fail again.
fn outcome(reply: Result<ToolResult, RequestError>) -> Outcome {
    match reply {
        Ok(result) => Outcome::json(&StoredResult::from(result)),
        Err(error) => {
            let stored = StoredError::from(ProtocolError::from(error));
            let message = match serde_json::to_string(&stored) {
                Ok(message) => message,
                Err(error) => error.to_string(),
            };
            Outcome::Failed(Failure::error(message).final_now())
        }
    }
}
