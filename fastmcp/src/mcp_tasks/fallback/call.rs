//! Answers the calls of tools: as [`call`](crate::mcp_tasks::call), or with the ID of a task if a call of a client
//! without support for tasks takes long.

use serde_json::{Map, Value};
use tokio::runtime::Handle;

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::component::run::with_heartbeat;
use crate::component::task_fallback::TaskFallback;
use crate::component::task_view::{CreatedTask, TaskStatus, TaskView};
use crate::context::request::Context;
use crate::docket::handle::Docket;
use crate::docket::model::record::Record;
use crate::mcp_tasks::call::{self, CallOutcome, make_task, task_tool};
use crate::mcp_tasks::fallback::follow::until_ended;
use crate::mcp_tasks::fallback::text;
use crate::mcp_tasks::names::execution_key;
use crate::mcp_tasks::note::Note;
use crate::mcp_tasks::requests::request_error;
use crate::mcp_tasks::tasks::{TaskError, internal, new_id};
use crate::mcp_tasks::terms::TaskClient;

/// Returns the fallback of the server if it covers calls of this tool.
pub(crate) fn of_tool<'a>(
    dispatcher: &'a Dispatcher,
    tool: &str,
    caller: &Caller,
) -> Option<&'a TaskFallback> {
    let fallback = dispatcher.task_fallback.as_ref()?;
    task_tool(dispatcher, tool, caller)?;
    let component = dispatcher.tool_component(tool, None)?;
    fallback.covers(&component).then_some(fallback)
}

/// Calls a tool for a client that supports tasks or not.
pub(crate) async fn call_tool(
    dispatcher: &Dispatcher,
    name: &str,
    arguments: Map<String, Value>,
    client_supports_tasks: bool,
    context: Context,
) -> Result<CallOutcome, RequestError> {
    if !client_supports_tasks && let Some(fallback) = of_tool(dispatcher, name, &context.caller()) {
        let result = call_within(dispatcher, fallback, name, arguments, context).await;
        return result.map(CallOutcome::Result);
    }
    call::call_tool(dispatcher, name, arguments, client_supports_tasks, context).await
}

/// Makes a task of a call, and returns its result if it ends in time.
async fn call_within(
    dispatcher: &Dispatcher,
    fallback: &TaskFallback,
    name: &str,
    arguments: Map<String, Value>,
    context: Context,
) -> Result<ToolResult, RequestError> {
    let found = task_tool(dispatcher, name, &context.caller()).zip(dispatcher.this.upgrade());
    let Some(((docket, tool, _), this)) = found else {
        return Err(RequestError::unknown("tool", name, []));
    };
    // The ID is chosen before the task is stored, so that a cancellation at any moment finds the task.
    let id = new_id().map_err(request_error)?;
    let mut guard = CancelTask::new(docket, &id);
    let client = TaskClient::Without {
        fallback: fallback.clone(),
        id,
    };
    let names = (name.to_owned(), name.to_owned());
    let made = make_task(this, names, arguments, context.clone(), client).await;
    let CreatedTask { id, view } = match made {
        Ok(CallOutcome::Task(created)) => created,
        // The arguments are invalid, or the client is asked for one first: there is no task.
        Ok(CallOutcome::Result(result)) => {
            guard.docket = None;
            return Ok(result);
        }
        Err(error) => {
            guard.docket = None;
            return Err(error);
        }
    };
    let ended = until_ended(docket, &id, fallback.after, &context);
    let heartbeat = tool.heartbeat(&dispatcher.settings);
    let ended = with_heartbeat(Some(context.clone()), heartbeat, ended).await;
    // From here on, the task outlives its call.
    guard.docket = None;
    match ended.map_err(request_error)? {
        Some(record) => outcome(&record),
        None => Ok(text::started(fallback, name, &id, &view)),
    }
}

/// Returns what a call without a task would.
fn outcome(record: &Record) -> Result<ToolResult, RequestError> {
    let note = Note::read(record.note.as_ref());
    let note = note.map_err(|error| request_error(internal("cannot read a task", &error)))?;
    match TaskView::of(record, &note).status {
        TaskStatus::Completed(result) => Ok(result),
        TaskStatus::Failed(error) => Err(RequestError::Protocol(error)),
        TaskStatus::Cancelled => Ok(ToolResult::error("the call was cancelled by the server")),
        TaskStatus::Working | TaskStatus::InputRequired(_) => {
            Err(request_error(TaskError::Internal))
        }
    }
}

/// Cancels a task when it is dropped, which the cancellation of a call does. `docket` is `None` if the task goes on.
struct CancelTask {
    docket: Option<Docket>,
    id: String,
}

impl CancelTask {
    fn new(docket: &Docket, id: &str) -> Self {
        Self {
            docket: Some(docket.clone()),
            id: id.to_owned(),
        }
    }
}

impl Drop for CancelTask {
    fn drop(&mut self) {
        let (Some(docket), Ok(runtime)) = (self.docket.take(), Handle::try_current()) else {
            return;
        };
        let key = execution_key(&self.id);
        runtime.spawn(async move {
            if let Err(error) = docket.cancel(key).await {
                tracing::warn!(%error, "cannot cancel the task of a cancelled call");
            }
        });
    }
}
