//! Serves standard input and output.
//!
//! While they carry the protocol, they belong to the transport alone: what other code of the process
//! prints goes to standard error, and what it reads is empty; see [`takeover`].

mod pump;
pub(crate) mod takeover;

use std::sync::Arc;

use crate::protocol::connection::ProtocolServer;
use crate::transport::byte_stream::{self, Reader, Writer};
use crate::transport::error::TransportError;
use crate::transport::stdio::takeover::{Input, Output, Takeover};
use crate::transport::stop::Stop;

/// Serves the client on standard input and output until it closes them or the server stops.
pub(crate) async fn serve(
    server: Arc<ProtocolServer>,
    streams: &Takeover,
    stop: Stop,
) -> Result<(), TransportError> {
    let (input, output) = streams.streams().map_err(TransportError::connection)?;
    byte_stream::serve(server, reader(input), writer(output), stop).await
}

fn reader(input: Input) -> Reader {
    // Most clients start servers with pipes, which can be read without a thread.
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_receiver(path_of(&input)) {
        return Box::new(pipe);
    }
    Box::new(pump::reader(input))
}

fn writer(output: Output) -> Writer {
    #[cfg(target_os = "linux")]
    if let Ok(pipe) = tokio::net::unix::pipe::OpenOptions::new().open_sender(path_of(&output)) {
        return Box::new(pipe);
    }
    Box::new(pump::writer(output))
}

/// Returns the path that reopens a pipe. Its own open file description can be switched to
/// non-blocking mode without effect on other processes that share the pipe.
#[cfg(target_os = "linux")]
fn path_of(file: &std::fs::File) -> String {
    use std::os::fd::AsRawFd;

    format!("/proc/self/fd/{}", file.as_raw_fd())
}
