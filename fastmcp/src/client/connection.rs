//! [`Connection`]: the kinds of connections of a client.

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::client::error::ClientError;
#[cfg(feature = "client")]
use crate::client::notices::ProgressSink;
use crate::mcp::Implementation;

/// A connection to a server, after the handshake.
pub(crate) trait Connection: Send + Sync {
    /// Sends a request, and returns the result of its response. `params` is an object.
    fn request(
        &self,
        method: &'static str,
        params: Value,
    ) -> BoxFuture<'_, Result<Value, ClientError>>;

    /// As [`request`](Self::request), and passes the progress of the request on.
    #[cfg(feature = "client")]
    fn follow(
        &self,
        method: &'static str,
        params: Value,
        progress: ProgressSink,
    ) -> BoxFuture<'_, Result<Value, ClientError>>;

    /// Returns whether the connection has ended.
    #[cfg(feature = "client")]
    fn is_closed(&self) -> bool;

    /// Returns whether the server announces changes only to clients that subscribe.
    #[cfg(feature = "client")]
    fn listens(&self) -> bool;

    /// Returns whether the server may make tasks of calls (SEP-2663).
    #[cfg(feature = "client")]
    fn makes_tasks(&self) -> bool;

    /// Returns the server's name and version.
    fn server_info(&self) -> Option<Implementation>;

    /// Closes the connection.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}
