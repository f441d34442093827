//! [`Front`]: the side of clients, which is given one server after another.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::dev::child::Child;

/// The reason why a front does not accept a server.
pub(super) type NotReady = String;

/// The side of clients.
pub(super) trait Front: Send + Sync {
    /// Prepares a server, restores the sessions of clients in it, and sends it the requests from now on. The server
    /// before it finishes its calls, and is stopped.
    fn adopt(&self, child: Arc<Child>) -> BoxFuture<'_, Result<(), NotReady>>;

    /// Sets the reason that requests get while there is no server; `None` lets them wait.
    fn set_problem(&self, problem: Option<String>);

    /// Finishes the calls in flight, and stops the servers.
    fn close(&self) -> BoxFuture<'_, ()>;
}
