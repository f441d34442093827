//! Serves standard input and output.

use std::io::Read;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWriteExt, DuplexStream};
use tokio_util::sync::CancellationToken;

use crate::protocol::connection::ProtocolServer;
use crate::transport::byte_stream;
use crate::transport::error::TransportError;

/// The number of bytes that the thread reads from standard input ahead of the server.
const READ_AHEAD: usize = 64 * 1024;

/// Serves the client on standard input and output until the client closes them or `stop` is
/// cancelled.
pub(crate) async fn serve(
    server: Arc<ProtocolServer>,
    stop: CancellationToken,
) -> Result<(), TransportError> {
    if are_pipes() {
        // Clients usually start servers with pipes, which can be read without a thread.
        let (read, write) = rmcp::transport::io::stdio_pipes();
        return byte_stream::serve(server, read, write, stop).await;
    }
    byte_stream::serve(server, stdin(), tokio::io::stdout(), stop).await
}

#[cfg(target_os = "linux")]
fn are_pipes() -> bool {
    use std::os::unix::fs::FileTypeExt;

    let is_pipe = |path| std::fs::metadata(path).is_ok_and(|it| it.file_type().is_fifo());
    is_pipe("/proc/self/fd/0") && is_pipe("/proc/self/fd/1")
}

#[cfg(not(target_os = "linux"))]
fn are_pipes() -> bool {
    false
}

/// Reads standard input on a detached thread. With tokio's own standard input, the runtime does not
/// shut down while a read is pending, and at a terminal a read is always pending.
fn stdin() -> impl AsyncRead + Send + Unpin + 'static {
    let (mut write, read): (DuplexStream, DuplexStream) = tokio::io::duplex(READ_AHEAD);
    let runtime = tokio::runtime::Handle::current();
    let thread = std::thread::Builder::new().name("fastmcp-stdin".into());
    let spawned = thread.spawn(move || {
        let mut buffer = vec![0; READ_AHEAD];
        loop {
            // Returning drops `write`, which ends the stream for the server.
            match std::io::stdin().lock().read(&mut buffer) {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    if runtime
                        .block_on(write.write_all(&buffer[..length]))
                        .is_err()
                    {
                        return;
                    }
                }
            }
        }
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "cannot start the thread that reads standard input");
    }
    read
}
