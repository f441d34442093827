//! Serving standard input and output.

use std::io::Read;

use tokio::io::{AsyncRead, AsyncWriteExt, DuplexStream};

use crate::server::error::ServeError;
use crate::server::running::Server;

/// The bytes that are read from standard input ahead of the server.
const READ_AHEAD: usize = 64 * 1024;

impl Server {
    /// Serves one client over standard input and output, until it closes them, or until `SIGINT`
    /// or `SIGTERM`.
    ///
    /// # Errors
    ///
    /// [`ServeError::Transport`] if the connection breaks.
    pub async fn serve_stdio(&self) -> Result<(), ServeError> {
        tokio::select! {
            served = self.serve_standard_streams() => served,
            () = crate::server::signals::stop_requested() => Ok(()),
        }
    }

    async fn serve_standard_streams(&self) -> Result<(), ServeError> {
        if are_pipes() {
            // Clients start servers with pipes, which need no thread.
            let (read, write) = rmcp::transport::io::stdio_pipes();
            return self.serve(read, write).await;
        }
        self.serve(stdin(), tokio::io::stdout()).await
    }
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

/// Standard input, read on a thread of its own that nobody waits for. Tokio's would keep the
/// program from ending while a read is pending, as it always is at a terminal.
fn stdin() -> impl AsyncRead + Send + Unpin + 'static {
    let (mut write, read): (DuplexStream, DuplexStream) = tokio::io::duplex(READ_AHEAD);
    let runtime = tokio::runtime::Handle::current();
    let thread = std::thread::Builder::new().name("fastmcp-stdin".into());
    let spawned = thread.spawn(move || {
        let mut buffer = vec![0; READ_AHEAD];
        loop {
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
        tracing::error!(%error, "standard input cannot be read");
    }
    read
}
