//! [`Client`]: the connection to a server.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;

use crate::client::connection::Connection;
use crate::client::events::Subscribers;
use crate::client::handlers::Handlers;
use crate::client::output_schemas::OutputSchemas;
use crate::context::client_channel::LogLevel;
use crate::mcp::Implementation;

/// A connection to an MCP server.
///
/// ```standalone_crate
/// use fastmcp::{FastMcp, client::Client, prelude::*};
/// use serde_json::json;
///
/// /// Doubles a number.
/// #[tool]
/// async fn double(number: u32) -> u32 {
///     number * 2
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> fastmcp::Result<()> {
/// let server = FastMcp::new("numbers").start().await?;
/// let client = Client::connect(&server).await?;
/// let doubled: u32 = client.call("double", json!({ "number": 21 })).await?;
/// assert_eq!(doubled, 42);
/// # Ok(())
/// # }
/// ```
///
/// Dropping a future of a client before its end cancels the request.
pub struct Client {
    pub(super) connection: Arc<dyn Connection>,
    pub(super) handlers: Handlers,
    /// The time without a sign of life after which a request fails, unless the request sets its own.
    pub(super) timeout: Option<Duration>,
    /// The output schemas of the tools, if results are compared with them.
    pub(super) schemas: Option<Arc<OutputSchemas>>,
    pub(super) subscribers: Arc<Subscribers>,
    log_level: Mutex<Option<LogLevel>>,
    /// The subscription to the changes of lists, in a revision without sessions.
    pub(super) listener: Option<AbortOnDropHandle<()>>,
}

impl Client {
    pub(super) fn new(
        connection: Arc<dyn Connection>,
        handlers: Handlers,
        subscribers: Arc<Subscribers>,
    ) -> Self {
        Self {
            connection,
            handlers,
            timeout: None,
            schemas: None,
            subscribers,
            log_level: Mutex::new(None),
            listener: None,
        }
    }

    /// Returns the server's name and version.
    pub fn server_info(&self) -> Option<Implementation> {
        self.connection.server_info()
    }

    /// Closes the connection. The program of [`spawn`](Self::spawn) has three seconds to end.
    pub fn close(self) -> BoxFuture<'static, ()> {
        async move { self.connection.close().await }.boxed()
    }

    pub(super) fn log_level(&self) -> Option<LogLevel> {
        *self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn remember_log_level(&self, level: LogLevel) {
        *self
            .log_level
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(level);
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server_info())
            .finish_non_exhaustive()
    }
}
