//! Calls a tool: returns its result, or creates a task for the call.

use std::sync::Arc;

use futures_util::FutureExt;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::missing_arguments::ask_for_missing;
use crate::component::options::TaskOptions;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::component::tool::ToolEntry;
use crate::context::request::Context;
use crate::mcp_tasks::requests;
use crate::mcp_tasks::tasks::{CreatedTask, Tasks};
use crate::middleware::request::{TaskOperation, TaskRequest};

/// The response to `tools/call`.
pub(crate) enum CallOutcome {
    Result(ToolResult),
    Task(CreatedTask),
}

/// Returns whether the server declares the extension: at least one tool can run as a task, and
/// there is a docket that stores the tasks.
pub(crate) fn is_supported(dispatcher: &Dispatcher) -> bool {
    dispatcher.provided.docket.is_some() && has_task_tools(dispatcher)
}

/// Returns whether at least one tool can run as a task.
pub(crate) fn has_task_tools(dispatcher: &Dispatcher) -> bool {
    dispatcher.registry.task_tools().next().is_some()
}

/// Returns whether the tool can be called only as a task.
pub(crate) fn is_required(dispatcher: &Dispatcher, tool: &str, caller: &Caller) -> bool {
    task_tool(dispatcher, tool, caller).is_some_and(|(_, options)| options.required)
}

/// Calls a tool. The call becomes a task if the tool allows it and the client supports tasks.
pub(crate) async fn call_tool(
    dispatcher: &Dispatcher,
    name: &str,
    arguments: Map<String, Value>,
    client_supports_tasks: bool,
    context: Context,
) -> Result<CallOutcome, RequestError> {
    let task = task_tool(dispatcher, name, &context.caller()).filter(|_| client_supports_tasks);
    let Some((tool, options)) = task else {
        let result = dispatcher.call_tool(name, arguments, context).await;
        return result.map(CallOutcome::Result);
    };
    let name = tool.entry.name;
    let runs_again = context.runs_again_with_answers();
    let request = TaskRequest {
        operation: TaskOperation::Create,
        component: Some(tool.component()),
        id: None,
        arguments,
        context,
    };
    let run = move |dispatcher: Arc<Dispatcher>, request: TaskRequest| {
        async move {
            create(
                &dispatcher,
                tool,
                options,
                request.arguments,
                request.context,
            )
            .await
        }
        .boxed()
    };
    match requests::around(dispatcher, request, None, run).await {
        Ok(outcome) => Ok(outcome),
        Err(error) => {
            let result = dispatcher.reply_to_call(name, Err(error), runs_again);
            result.map(CallOutcome::Result)
        }
    }
}

/// Makes a task of a call.
async fn create(
    dispatcher: &Dispatcher,
    tool: &'static ToolEntry,
    options: TaskOptions,
    arguments: Map<String, Value>,
    context: Context,
) -> Result<CallOutcome, RequestError> {
    // Ask before the task is created: the client has no handle yet, so the questions must be in the
    // response to this request.
    let arguments = match ask_for_missing(tool, arguments, &context).await? {
        Ok(arguments) => arguments,
        Err(result) => return Ok(CallOutcome::Result(result)),
    };
    // So that invalid arguments are neither stored nor wait for a worker.
    let checked = dispatcher.check_arguments(tool, arguments.clone(), context.clone());
    if let Err(result) = checked.await? {
        return Ok(CallOutcome::Result(result));
    }
    let Some(tasks) = Tasks::of_caller(dispatcher, &context) else {
        return Err(RequestError::Internal("the server has no docket".into()));
    };
    let created = tasks.create(tool, options, arguments, &context).await;
    match created {
        Ok(created) => Ok(CallOutcome::Task(created)),
        Err(error) => Err(requests::request_error(error)),
    }
}

fn task_tool(
    dispatcher: &Dispatcher,
    name: &str,
    caller: &Caller,
) -> Option<(&'static ToolEntry, TaskOptions)> {
    dispatcher.provided.docket.as_ref()?;
    let tool = dispatcher.registry.tool(name, caller)?;
    Some((tool, tool.entry.options.task?))
}
