//! [`Connection`]: the kinds of connections of a client.

use futures_util::future::BoxFuture;
use serde_json::Value;

use crate::client::error::ClientError;
use crate::client::notices::ProgressSink;
use crate::mcp::Implementation;

/// A request of a client.
pub(crate) struct Outgoing {
    pub(crate) method: &'static str,
    /// An object.
    pub(crate) params: Value,
    /// Receives the progress of the request.
    pub(crate) progress: Option<ProgressSink>,
    /// Further headers, over HTTP.
    #[cfg_attr(
        not(feature = "client"),
        allow(dead_code, reason = "only HTTP reads it")
    )]
    pub(crate) headers: Vec<(String, String)>,
}

impl Outgoing {
    pub(crate) fn new(method: &'static str, params: Value) -> Self {
        Self {
            method,
            params,
            progress: None,
            headers: Vec::new(),
        }
    }
}

/// A connection to a server, after the handshake.
pub(crate) trait Connection: Send + Sync {
    /// Sends a request, and returns the result of its response.
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Value, ClientError>>;

    /// Sends a request. `params` is an object.
    fn request(
        &self,
        method: &'static str,
        params: Value,
    ) -> BoxFuture<'_, Result<Value, ClientError>> {
        self.send(Outgoing::new(method, params))
    }

    /// As [`request`](Self::request), and passes the progress of the request on.
    #[cfg(feature = "client")]
    fn follow(
        &self,
        method: &'static str,
        params: Value,
        progress: ProgressSink,
    ) -> BoxFuture<'_, Result<Value, ClientError>> {
        let progress = Some(progress);
        let request = Outgoing::new(method, params);
        self.send(Outgoing {
            progress,
            ..request
        })
    }

    /// Sends a request whose response nobody waits for.
    fn post(&self, method: &'static str, params: Value);

    /// Returns whether the connection has ended.
    #[cfg(feature = "client")]
    fn is_closed(&self) -> bool;

    /// Returns whether the server announces changes only to clients that subscribe.
    fn listens(&self) -> bool;

    /// Returns whether the server may make tasks of calls (SEP-2663).
    #[cfg(feature = "client")]
    fn makes_tasks(&self) -> bool;

    /// Returns the server's name and version.
    fn server_info(&self) -> Option<Implementation>;

    /// Closes the connection.
    fn close(&self) -> BoxFuture<'_, ()>;
}
