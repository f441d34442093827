//! [`RemoteTask`]: a task of a remote server.

use futures_util::future::BoxFuture;
use serde_json::{Map, Value};

use crate::component::request_error::RequestError;
use crate::component::task_view::TaskView;

/// A task of a remote server, for the caller that created it through this server.
pub(crate) trait RemoteTask: Send + Sync {
    /// Returns the name of the tool that the task runs.
    fn tool(&self) -> String;
    /// Returns the current view of the task.
    fn get(&self) -> BoxFuture<'_, Result<TaskView, RequestError>>;
    /// Passes answers on to the task.
    fn update(&self, answers: Map<String, Value>) -> BoxFuture<'_, Result<(), RequestError>>;
    /// Cancels the task.
    fn cancel(&self) -> BoxFuture<'_, Result<(), RequestError>>;
}
