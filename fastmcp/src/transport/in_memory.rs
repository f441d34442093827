//! Serving a client in the same process, over an in-memory pipe.

use rmcp::ServiceExt;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};

use crate::protocol::handler::Bridge;
use crate::server::error::ServeError;
use crate::server::running::Server;
use crate::transport::json_lines::Lines;

/// The bytes that each direction of an in-memory connection holds before its writer waits.
const PIPE: usize = 64 * 1024;

impl Server {
    /// Opens a connection to this server within the process, and serves it until the other end is
    /// dropped or the server stops.
    ///
    /// The stream speaks newline-delimited JSON-RPC, like standard input and output.
    pub fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(PIPE);
        let bridge = Bridge::new(self.core.clone());
        let stopping = self.stopping.child_token();
        let (read, write) = tokio::io::split(server);
        let lines = Lines::new(read, write);
        tokio::spawn(async move {
            match bridge.serve_with_ct(lines, stopping).await {
                Ok(running) => drop(running.waiting().await),
                Err(error) => tracing::debug!(%error, "an in-memory client did not get to know us"),
            }
        });
        client
    }

    /// Serves one client over a pair of byte streams, until the client closes its own or the
    /// server stops.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the connection breaks.
    pub async fn serve(
        &self,
        read: impl AsyncRead + Send + Unpin + 'static,
        write: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<(), ServeError> {
        let bridge = Bridge::new(self.core.clone());
        let stopping = self.stopping.child_token();
        let running = match bridge
            .serve_with_ct(Lines::new(read, write), stopping.clone())
            .await
        {
            Ok(running) => running,
            Err(_) if stopping.is_cancelled() => return Ok(()),
            // A client that leaves before it has introduced itself is no error of the server.
            Err(rmcp::service::ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(ServeError::Transport(error.to_string())),
        };
        match running.waiting().await {
            Ok(_) => Ok(()),
            Err(error) => Err(ServeError::Transport(error.to_string())),
        }
    }
}
