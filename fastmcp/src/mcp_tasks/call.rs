//! Calls a tool: returns its result, or creates a task for the call.

use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::caller::Caller;
use crate::component::dispatch::Dispatcher;
use crate::component::missing_arguments::ask_for_missing;
use crate::component::options::TaskOptions;
use crate::component::output::tool_result::ToolResult;
use crate::component::request_error::RequestError;
use crate::component::task_view::CreatedTask;
use crate::component::tool::ToolEntry;
use crate::context::request::Context;
use crate::docket::handle::Docket;
use crate::mcp_tasks::requests;
use crate::mcp_tasks::tasks::Tasks;
use crate::mcp_tasks::terms::{TaskClient, Terms};
use crate::middleware::request::{TaskOperation, TaskRequest};

/// The response to `tools/call`.
pub(crate) enum CallOutcome {
    Result(ToolResult),
    Task(CreatedTask),
}

/// Returns whether the server declares the extension: at least one tool can run as a task, and
/// there is a docket that stores the tasks, or a remote server may make tasks.
pub(crate) fn is_supported(dispatcher: &Dispatcher) -> bool {
    let own = dispatcher.provided.docket.is_some() && dispatcher.has_task_tools();
    let mut mounts = dispatcher.mounts.iter();
    own || mounts.any(|it| is_supported(&it.dispatcher)) || dispatcher.makes_remote_tasks()
}

/// Returns whether the tool can be called only as a task.
pub(crate) fn is_required(dispatcher: &Dispatcher, tool: &str, caller: &Caller) -> bool {
    task_tool(dispatcher, tool, caller).is_some_and(|(_, _, options)| options.required)
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
    let this = dispatcher.this.upgrade().filter(|_| task.is_some());
    match this {
        Some(this) => {
            let names = (name.to_owned(), name.to_owned());
            make_task(this, names, arguments, context, TaskClient::WithTasks).await
        }
        None => {
            let result = dispatcher.call_tool(name, arguments, context).await;
            match result {
                Err(RequestError::Task(created)) => Ok(CallOutcome::Task(*created)),
                result => result.map(CallOutcome::Result),
            }
        }
    }
}

/// Makes a task of a call for a client, within the middleware of the server and of the mounted server that has the tool. `name` is
/// the name of the tool on this server, and `stored` its name on the server that has the docket.
pub(crate) fn make_task(
    dispatcher: Arc<Dispatcher>,
    (name, stored): (String, String),
    arguments: Map<String, Value>,
    context: Context,
    client: TaskClient,
) -> BoxFuture<'static, Result<CallOutcome, RequestError>> {
    async move {
        let Some(component) = dispatcher.tool_component(&name, Some(&context.caller())) else {
            return Err(RequestError::unknown("tool", &name, []));
        };
        let runs_again = context.runs_again_with_answers();
        let request = TaskRequest {
            operation: TaskOperation::Create,
            component: Some(component),
            id: None,
            arguments,
            context,
        };
        let called = name.clone();
        let run = move |server: Arc<Dispatcher>, request: TaskRequest| {
            inner_task(server, (&called, &stored), request, client.clone())
        };
        match requests::around(&dispatcher, request, None, run).await {
            Ok(outcome) => Ok(outcome),
            Err(error) => {
                let result = dispatcher.reply_to_call(&name, Err(error), runs_again);
                result.map(CallOutcome::Result)
            }
        }
    }
    .boxed()
}

/// Makes a task of a call of an own tool, or passes the call to a mounted server.
fn inner_task(
    server: Arc<Dispatcher>,
    (name, stored): (&str, &str),
    request: TaskRequest,
    client: TaskClient,
) -> BoxFuture<'static, Result<CallOutcome, RequestError>> {
    let TaskRequest {
        arguments, context, ..
    } = request;
    if let Some(tool) = server.registry.any_tool(name) {
        let stored = stored.to_owned();
        return async move { create(&server, (tool, &stored), arguments, context, &client).await }
            .boxed();
    }
    let mut mounts = server.mounts.iter();
    let found = mounts.find_map(|it| {
        let name = it.prefix.without(name)?;
        it.dispatcher.locate_tool(name)?;
        Some((Arc::clone(&it.dispatcher), name.to_owned()))
    });
    let Some((mounted, name)) = found else {
        let error = RequestError::unknown("tool", name, []);
        return std::future::ready(Err(error)).boxed();
    };
    let stored = if mounted.owns_docket {
        name.clone()
    } else {
        stored.to_owned()
    };
    let server_name = Arc::clone(&mounted.identity.name);
    let context = context.for_server(Arc::clone(&mounted) as _, server_name);
    make_task(mounted, (name, stored), arguments, context, client)
}

/// Makes a task of a call.
async fn create(
    dispatcher: &Dispatcher,
    (tool, stored): (&'static ToolEntry, &str),
    arguments: Map<String, Value>,
    context: Context,
    client: &TaskClient,
) -> Result<CallOutcome, RequestError> {
    let Some(options) = tool.entry.options.task else {
        return Err(RequestError::Internal("the tool has no tasks".into()));
    };
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
    let created = tasks
        .create(stored, Terms::of(options, client), arguments, &context)
        .await;
    match created {
        Ok(created) => Ok(CallOutcome::Task(created)),
        Err(error) => Err(requests::request_error(error)),
    }
}

/// Finds a tool whose calls can be tasks, with the docket of its tasks.
pub(crate) fn task_tool<'a>(
    dispatcher: &'a Dispatcher,
    name: &str,
    caller: &Caller,
) -> Option<(&'a Docket, &'static ToolEntry, TaskOptions)> {
    let (server, tool) = dispatcher.locate_tool_for(name, caller)?;
    let docket = server.provided.docket.as_ref()?;
    Some((docket, tool, tool.entry.options.task?))
}
