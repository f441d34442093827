//! Requests about tasks, within the middleware.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::call::error::CallError;
use crate::component::around::AroundError;
use crate::component::dispatch::Dispatcher;
use crate::component::request_error::RequestError;
use crate::component::run::RunError;
use crate::component::task_view::TaskView;
use crate::context::request::Context;
use crate::error::Error;
use crate::mcp_tasks::tasks::{TaskError, Tasks};
use crate::middleware::request::{RequestKind, TaskOperation, TaskRequest};

/// Returns the current view of a task of the caller.
pub(crate) async fn get(
    dispatcher: &Dispatcher,
    id: &str,
    context: Context,
) -> Result<TaskView, RequestError> {
    let run = |this: Arc<Dispatcher>, request: TaskRequest| {
        async move {
            let id = request.id.unwrap_or_default();
            if let Some(task) = this.remote_task(&id, &request.context) {
                return task.get().await;
            }
            for server in this.docket_owners() {
                let Some(tasks) = Tasks::of_caller(&server, &request.context) else {
                    continue;
                };
                match tasks.get(&id).await {
                    Err(TaskError::NotFound) => {}
                    reply => return reply.map_err(request_error),
                }
            }
            Err(request_error(TaskError::NotFound))
        }
        .boxed()
    };
    let request = about(TaskOperation::Get, id, context);
    let reply = around(dispatcher, request, None, run).await;
    dispatcher.reply("task", id, reply, false)
}

/// Stores answers to the questions of a task.
pub(crate) async fn update(
    dispatcher: &Dispatcher,
    id: &str,
    answers: Map<String, Value>,
    context: Context,
) -> Result<(), RequestError> {
    let run = move |this: Arc<Dispatcher>, request: TaskRequest| {
        let answers = answers.clone();
        async move {
            let id = request.id.unwrap_or_default();
            if let Some(task) = this.remote_task(&id, &request.context) {
                return task.update(answers).await;
            }
            for server in this.docket_owners() {
                let Some(tasks) = Tasks::of_caller(&server, &request.context) else {
                    continue;
                };
                match tasks.update(&id, &answers).await {
                    Err(TaskError::NotFound) => {}
                    reply => return reply.map_err(request_error),
                }
            }
            Err(request_error(TaskError::NotFound))
        }
        .boxed()
    };
    let request = about(TaskOperation::Update, id, context);
    let reply = around(dispatcher, request, Some(()), run).await;
    dispatcher.reply("task", id, reply, false)
}

/// Cancels a task of the caller.
pub(crate) async fn cancel(
    dispatcher: &Dispatcher,
    id: &str,
    context: Context,
) -> Result<(), RequestError> {
    let run = |this: Arc<Dispatcher>, request: TaskRequest| {
        async move {
            let id = request.id.unwrap_or_default();
            if let Some(task) = this.remote_task(&id, &request.context) {
                return task.cancel().await;
            }
            for server in this.docket_owners() {
                let Some(tasks) = Tasks::of_caller(&server, &request.context) else {
                    continue;
                };
                match tasks.cancel(&id).await {
                    Err(TaskError::NotFound) => {}
                    reply => return reply.map_err(request_error),
                }
            }
            Err(request_error(TaskError::NotFound))
        }
        .boxed()
    };
    let request = about(TaskOperation::Cancel, id, context);
    let reply = around(dispatcher, request, Some(()), run).await;
    dispatcher.reply("task", id, reply, false)
}

fn about(operation: TaskOperation, id: &str, context: Context) -> TaskRequest {
    TaskRequest {
        operation,
        component: None,
        id: Some(id.to_owned()),
        arguments: Map::new(),
        context,
    }
}

pub(crate) fn request_error(error: TaskError) -> RequestError {
    RequestError::Protocol(error.into())
}

/// Runs the middleware around a request about a task, then `run`. `unanswered` is the value if a middleware does not
/// pass the request on.
pub(crate) async fn around<T: Send + 'static>(
    dispatcher: &Dispatcher,
    request: TaskRequest,
    unanswered: Option<T>,
    run: impl Fn(Arc<Dispatcher>, TaskRequest) -> BoxFuture<'static, Result<T, RequestError>>
    + Send
    + Sync
    + 'static,
) -> Result<T, AroundError> {
    let component = || request.component.clone();
    let Some(layers) = dispatcher.middleware.around(RequestKind::Task, component) else {
        let Some(this) = dispatcher.this.upgrade() else {
            let error = RequestError::Internal("the server has stopped".into());
            return Err(AroundError::Request(error));
        };
        return run(this, request).await.map_err(AroundError::Request);
    };
    // The answer does not pass through the middleware, because it belongs to the protocol.
    let answer = Arc::new(Mutex::new(unanswered));
    let end = {
        let answer = Arc::clone(&answer);
        move |this, request| {
            let reply = run(this, request);
            let answer = Arc::clone(&answer);
            async move {
                let reply = reply.await?;
                *answer.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
                Ok(())
            }
            .boxed()
        }
    };
    dispatcher.around(layers, request, end).await?;
    let answer = answer.lock().unwrap_or_else(PoisonError::into_inner).take();
    answer.ok_or_else(|| {
        let error = Error::msg("a middleware did not pass the request for a task on");
        AroundError::Middleware(RunError::Call(CallError::Failed(error)))
    })
}
