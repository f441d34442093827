//! Serves one client over a pair of byte streams.

use std::sync::Arc;

use rmcp::ServiceExt;
use rmcp::service::ServerInitializeError;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::protocol::connection::{Connection, ProtocolServer};
use crate::protocol::handler::handler;
use crate::transport::error::TransportError;
use crate::transport::json_lines::JsonLines;
use crate::transport::stop::Stop;

/// The reading half of a connection. It is boxed, so that the connection of the protocol library, which
/// is large, is compiled once for all kinds of streams.
pub(crate) type Reader = Box<dyn AsyncRead + Send + Unpin>;

/// The writing half of a connection.
pub(crate) type Writer = Box<dyn AsyncWrite + Send + Unpin>;

/// Serves a client until it closes its stream or the server stops.
pub(crate) async fn serve(
    server: Arc<ProtocolServer>,
    read: Reader,
    write: Writer,
    stop: Stop,
) -> Result<(), TransportError> {
    let connection = Connection::new(server);
    let lines = JsonLines::new(read, write, stop.clone(), &connection);
    // The future is large; on the heap, it does not enlarge every caller.
    let starting = Box::pin(handler(connection).serve_with_ct(lines, stop.close.clone()));
    let running = match starting.await {
        Ok(running) => running,
        // The library reports a stop during the handshake as an error of the handshake.
        Err(_) if stop.close.is_cancelled() => return Ok(()),
        // A client may close the connection before it initializes, to test whether the program
        // starts.
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(error) => return Err(TransportError::connection(error)),
    };
    match running.waiting().await {
        Ok(_) => Ok(()),
        Err(error) => Err(TransportError::connection(error)),
    }
}
