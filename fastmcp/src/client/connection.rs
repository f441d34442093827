//! [`Connection`]: the kinds of connections of a client.

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::client::error::ClientError;
use crate::mcp::Implementation;

/// A connection to a server, after the handshake.
pub(crate) trait Connection: Send + Sync {
    /// Sends a request, and returns the result of its response. `params` is an object.
    fn request(
        &self,
        method: &'static str,
        params: Value,
    ) -> BoxFuture<'_, Result<Value, ClientError>>;

    /// Returns the server's name and version.
    fn server_info(&self) -> Option<Implementation>;

    /// Closes the connection.
    fn close(self: Box<Self>) -> BoxFuture<'static, ()>;
}
