//! Serves a client in the same process over an in-memory pipe.

use std::sync::Arc;

use tokio::io::DuplexStream;
use tokio_util::task::TaskTracker;

use crate::protocol::connection::ProtocolServer;
use crate::transport::byte_stream;
use crate::transport::stop::Stop;

/// The size of the buffer of each direction, in bytes. When it is full, the writer waits.
const PIPE_CAPACITY: usize = 64 * 1024;

/// Opens a connection and serves it in a spawned task, until the returned stream is dropped or the
/// server stops. `connections` tracks the task.
pub(crate) fn connect(
    server: Arc<ProtocolServer>,
    stop: Stop,
    connections: &TaskTracker,
) -> DuplexStream {
    let (client, stream) = tokio::io::duplex(PIPE_CAPACITY);
    let (read, write) = tokio::io::split(stream);
    let served = byte_stream::serve(server, Box::new(read), Box::new(write), stop);
    connections.spawn(async move {
        if let Err(error) = served.await {
            tracing::debug!(?error, "an in-memory connection failed");
        }
    });
    client
}
