//! Runs the tools of tasks in the worker, beside the program's own tasks.

use std::collections::BTreeMap;
use std::future::ready;
use std::sync::Arc;

use crate::call::inject::origin::{Origin, TaskCall};
use crate::component::dispatch::{Core, RequestError};
use crate::component::tool::ToolEntry;
use crate::context::answer_log::AnswerLog;
use crate::context::request::Context;
use crate::docket::current_execution::CurrentExecution;
use crate::docket::handler::Handler;
use crate::docket::model::failure::Failure;
use crate::docket::model::outcome::Outcome;
use crate::docket::model::submission::Submission;
use crate::docket::policy::Policy;
use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::request_snapshot::Payload;
use crate::mcp_tasks::tasks::{TOOL, tool_of};
use crate::mcp_tasks::view::Stored;
use futures_util::future::BoxFuture;

/// What a server's worker runs: clients' calls of tools, and all else by `tasks`.
pub(crate) struct Runner {
    core: Arc<Core>,
    tasks: Arc<dyn Handler>,
    /// Of all tools: what may go wrong with a call is in its answer, and no reason to call again.
    policy: Policy,
}

impl Runner {
    pub(crate) fn new(core: Arc<Core>, tasks: Arc<dyn Handler>) -> Self {
        Self {
            core,
            tasks,
            policy: Policy::default(),
        }
    }

    fn tool(&self, task: &str) -> Option<&'static ToolEntry> {
        let tool = self.core.registry.any_tool(tool_of(task)?)?;
        tool.entry.options.task.map(|_| tool)
    }
}

impl Handler for Runner {
    fn policy(&self, task: &str) -> Option<&Policy> {
        if task.starts_with(TOOL) {
            return self.tool(task).map(|_| &self.policy);
        }
        self.tasks.policy(task)
    }

    fn run(&self, delivery: CurrentExecution) -> BoxFuture<'static, Outcome> {
        if !delivery.task().starts_with(TOOL) {
            return self.tasks.run(delivery);
        }
        let Some(tool) = self.tool(delivery.task()) else {
            // The worker asks for the policy first, so it has seen that the tool is unknown.
            return undecodable("this server has no such tool");
        };
        let payload: Payload = match serde_json::from_slice(delivery.payload()) {
            Ok(payload) => payload,
            Err(error) => return undecodable(error),
        };
        let mut note = match Note::read(delivery.note()) {
            Ok(note) => note,
            Err(error) => return undecodable(error),
        };
        let core = Arc::clone(&self.core);
        Box::pin(async move {
            let journal = AnswerLog::new(std::mem::take(&mut note.journal), BTreeMap::new());
            let request = payload.request.into_request(&core, &delivery, &journal);
            let call = TaskCall::new(Context::new(request), delivery.clone());
            let cancelled = call.cancelled();
            let answer = core.run_tool(tool, payload.arguments, Origin::Task(call));
            tokio::select! {
                biased;
                answer = answer => match answer {
                    Err(RequestError::Suspended) => {
                        note.journal = journal.state();
                        park(&note)
                    }
                    answer => outcome(answer),
                },
                // As in a direct call: the body is dropped where it stands, and its dependencies are torn down.
                () = cancelled => Outcome::Discard {
                    reason: "by request".into(),
                },
            }
        })
    }

    fn automatic(&self) -> Vec<Submission> {
        self.tasks.automatic()
    }
}

/// The run is over, until the client has answered what it asked.
fn park(note: &Note) -> Outcome {
    match note.write() {
        Ok(note) => Outcome::Park { note },
        Err(error) => Outcome::Failed(Failure::error(error.to_string()).final_now()),
    }
}

fn undecodable(reason: impl std::fmt::Display) -> BoxFuture<'static, Outcome> {
    let reason = reason.to_string();
    Box::pin(ready(Outcome::Undecodable { reason }))
}

fn outcome(
    answer: Result<crate::component::output::tool_result::ToolResult, RequestError>,
) -> Outcome {
    match answer {
        Ok(result) => Outcome::json(&Stored::from(result)),
        Err(error) => match serde_json::to_string(&crate::protocol::convert::error_object(error)) {
            Ok(error) => Outcome::Failed(Failure::error(error).final_now()),
            Err(error) => Outcome::Failed(Failure::error(error.to_string()).final_now()),
        },
    }
}
