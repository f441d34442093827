//! [`TaskWatch`]: the changes of one task of a caller, without polling.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::time::sleep;

use crate::component::dispatch::Dispatcher;
use crate::component::task_view::{TaskStatus, TaskView};
use crate::context::request::Context;
use crate::docket::backend::call::Target;
use crate::docket::events::Events;
use crate::mcp_tasks::names::execution_key;
use crate::mcp_tasks::requests;
use crate::mcp_tasks::tasks::{TaskError, Tasks};

/// The time between two attempts to read a task while its docket fails.
const RETRY: Duration = Duration::from_secs(1);

/// The changes of one task. It keeps the latest state only, so a reader that falls behind misses states in between, but
/// never the last one.
pub(crate) struct TaskWatch {
    /// The server that has the docket of the task.
    owner: Arc<Dispatcher>,
    context: Context,
    id: String,
    last: TaskView,
    events: Option<Events>,
}

impl TaskWatch {
    /// Begins to watch a task. `None` if there is no such task, it belongs to another caller or to a remote server, or a
    /// middleware refuses the request.
    pub(crate) async fn open(
        dispatcher: &Arc<Dispatcher>,
        id: &str,
        context: &Context,
    ) -> Option<Self> {
        requests::get(dispatcher, id, context.clone()).await.ok()?;
        for owner in dispatcher.docket_owners() {
            let found = match Tasks::of_caller(&owner, context) {
                Some(tasks) => tasks.get(id).await.ok(),
                None => None,
            };
            if let Some(last) = found {
                return Some(Self {
                    owner,
                    context: context.clone(),
                    id: id.to_owned(),
                    last,
                    events: None,
                });
            }
        }
        None
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Waits until the status or the message of the task has changed since the last call, or since the watch began.
    /// `None` if the task has ended, or is gone, or the caller may not see it any more.
    pub(crate) async fn next(&mut self) -> Option<TaskView> {
        while !self.last.status.is_terminal() {
            match self.wait().await {
                Ok(()) => {}
                Err(TaskError::NotFound) => return None,
                Err(_) => sleep(RETRY).await,
            }
            // Reads the task again and not the event, because the caller may have lost the access to it.
            let tasks = Tasks::of_caller(&self.owner, &self.context)?;
            match tasks.get(&self.id).await {
                Ok(view) if is_same(&view, &self.last) => {}
                Ok(view) => {
                    self.last = view.clone();
                    return Some(view);
                }
                Err(TaskError::NotFound) => return None,
                Err(_) => {
                    sleep(RETRY).await;
                    self.events = None;
                }
            }
        }
        None
    }

    /// Waits for an event of the task. Returns at once if it has just begun to watch.
    async fn wait(&mut self) -> Result<(), TaskError> {
        if let Some(events) = &mut self.events {
            if events.next().await.is_some() {
                // A burst of events is one change.
                while let Some(Some(_)) = events.next().now_or_never() {}
            } else {
                self.events = None;
            }
            return Ok(());
        }
        let docket = self.owner.provided.docket.as_ref();
        let docket = docket.ok_or(TaskError::NotFound)?;
        let target = Target::Key(execution_key(&self.id));
        let watched = docket.backend().watch(&target).await;
        let watched = watched.map_err(|error| {
            tracing::warn!(%error, "cannot watch a task");
            TaskError::Internal
        })?;
        let (_, events) = watched.ok_or(TaskError::NotFound)?;
        self.events = Some(events);
        Ok(())
    }
}

/// Returns whether a client would see no difference.
fn is_same(one: &TaskView, other: &TaskView) -> bool {
    let is_same_status = match (&one.status, &other.status) {
        (TaskStatus::InputRequired(one), TaskStatus::InputRequired(other)) => one == other,
        (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
    };
    is_same_status && one.message == other.message
}
