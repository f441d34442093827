//! Reads and writes blocking files on detached threads.
//!
//! Tokio's own standard streams use its pool of blocking threads, which keeps the runtime from
//! shutting down while a read or a write is pending: at a terminal always, and on a socket whenever
//! the client does not read.

use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

/// The number of bytes that a thread reads ahead of the server, or writes behind it.
const BUFFER: usize = 64 * 1024;

/// Reads `input` on a thread.
pub(crate) fn reader(mut input: impl Read + Send + 'static) -> impl AsyncRead + Send + Unpin {
    let (mut write, read) = tokio::io::duplex(BUFFER);
    let runtime = Handle::current();
    spawn("fastmcp-stdin", move || {
        let mut buffer = vec![0; BUFFER];
        loop {
            // Returning drops `write`, which is the end of the stream for the server.
            let length = match input.read(&mut buffer) {
                Ok(0) => return,
                Ok(length) => length,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(_) => return,
            };
            let forwarded = runtime.block_on(write.write_all(&buffer[..length]));
            if forwarded.is_err() {
                return;
            }
        }
    });
    read
}

/// Writes to `output` on a thread.
pub(crate) fn writer(mut output: impl Write + Send + 'static) -> Pumped {
    let (write, mut read) = tokio::io::duplex(BUFFER);
    let runtime = Handle::current();
    let (finish, finished) = oneshot::channel();
    spawn("fastmcp-stdout", move || {
        let mut buffer = vec![0; BUFFER];
        loop {
            // Returning drops `read`, which is an error for the server's next write.
            match runtime.block_on(read.read(&mut buffer)) {
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    let written = output.write_all(&buffer[..length]);
                    if written.and_then(|()| output.flush()).is_err() {
                        break;
                    }
                }
            }
        }
        let _ = finish.send(());
    });
    Pumped { write, finished }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) {
    let spawned = thread::Builder::new().name(name.into()).spawn(body);
    if let Err(error) = spawned {
        tracing::error!(%error, "cannot start the thread of a standard stream");
    }
}

/// A writer whose shutdown waits for its thread.
pub(crate) struct Pumped {
    write: DuplexStream,
    finished: oneshot::Receiver<()>,
}

impl AsyncWrite for Pumped {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.write).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        std::task::ready!(Pin::new(&mut self.write).poll_shutdown(cx))?;
        // The thread drops the sender when it has written everything, or failed.
        Pin::new(&mut self.finished).poll(cx).map(|_| Ok(()))
    }
}
