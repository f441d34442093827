//! [`Output`]: the writer's side of a connection.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::RequestId;
use rmcp::service::TxJsonRpcMessage;
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use crate::transport::json_lines::load::{Load, SharedLoad};

/// The time that a closing connection waits for responses to invalid lines.
const CLOSE_PATIENCE: Duration = Duration::from_millis(200);

/// The writer's side of a connection.
pub(crate) struct Output<W> {
    pub(crate) write: Arc<Mutex<W>>,
    pub(crate) load: SharedLoad,
    /// Cancelled if the connection is closed or cannot be written to.
    pub(crate) closed: CancellationToken,
}

impl<W> Clone for Output<W> {
    fn clone(&self) -> Self {
        Self {
            write: Arc::clone(&self.write),
            load: self.load.clone(),
            closed: self.closed.clone(),
        }
    }
}

impl<W: AsyncWrite + Send + Unpin + 'static> Output<W> {
    pub(crate) fn new(write: W) -> Self {
        Self {
            write: Arc::new(Mutex::new(write)),
            load: SharedLoad::default(),
            closed: CancellationToken::new(),
        }
    }

    /// Writes a message as one line. Messages that wait for the client are kept as bytes, which are
    /// counted and much smaller than messages.
    ///
    /// `request` is the request that the message responds to. It is finished before the client can
    /// read the response and use its ID again, and after the bytes are counted, so that a draining
    /// connection does not close in between.
    pub(crate) async fn send(
        self,
        message: TxJsonRpcMessage<RoleServer>,
        request: Option<RequestId>,
    ) -> io::Result<()> {
        let line = serde_json::to_vec(&message);
        #[cfg(feature = "events")]
        let line = declare_events(&message, line);
        drop(message);
        let length = line.as_ref().map_or(0, Vec::len);
        let _queued = self.load.queue(length);
        if let Some(request) = request {
            self.load.finished(&request);
        }
        let mut line = line?;
        line.push(b'\n');
        self.write(&line).await
    }

    /// Writes the response to an invalid line in a task. The bytes are counted before the task starts, so that an
    /// ended connection does not close in between, and a client that only writes invalid lines is held back as well.
    pub(crate) fn respond(&self, response: &TxJsonRpcMessage<RoleServer>) {
        let mut line = match serde_json::to_vec(response) {
            Ok(line) => line,
            Err(error) => {
                tracing::error!(%error, "cannot write the response to an invalid line");
                return;
            }
        };
        line.push(b'\n');
        let queued = self.load.queue(line.len());
        let output = self.clone();
        tokio::spawn(async move {
            if output.write(&line).await.is_err() {
                tracing::debug!("cannot write the response to an invalid line");
            }
            drop(queued);
        });
    }

    /// Writes whole lines.
    pub(crate) async fn write(&self, lines: &[u8]) -> io::Result<()> {
        let written = async {
            let mut write = self.write.lock().await;
            write.write_all(lines).await?;
            write.flush().await
        };
        // A client that does not read must not keep a closed connection.
        let written = tokio::select! {
            written = written => written,
            () = self.closed.cancelled() => Err(io::ErrorKind::NotConnected.into()),
        };
        if written.is_err() {
            self.closed.cancel();
        }
        written
    }

    /// Closes the connection, after what waits has been written.
    pub(crate) async fn close(&self) -> io::Result<()> {
        let written = self.load.wait_for(Load::is_written);
        let _ = tokio::time::timeout(CLOSE_PATIENCE, written).await;
        // Ends all writers, so that the lock is free.
        self.closed.cancel();
        let mut write = self.write.lock().await;
        match tokio::time::timeout(CLOSE_PATIENCE, write.shutdown()).await {
            Ok(closed) => closed,
            Err(_) => Err(io::ErrorKind::TimedOut.into()),
        }
    }
}

/// Adds the capability `events` to the description of the server.
#[cfg(feature = "events")]
fn declare_events(
    message: &TxJsonRpcMessage<RoleServer>,
    line: serde_json::Result<Vec<u8>>,
) -> serde_json::Result<Vec<u8>> {
    use rmcp::model::{JsonRpcMessage, ServerResult};

    let describes = matches!(
        message,
        JsonRpcMessage::Response(response)
            if matches!(response.result, ServerResult::InitializeResult(_) | ServerResult::DiscoverResult(_))
    );
    match line {
        Ok(line) if describes => Ok(crate::protocol::events_capability::add(&line).unwrap_or(line)),
        line => line,
    }
}

#[cfg(test)]
mod tests {
    use rmcp::model::ErrorData;
    use tokio::io::{AsyncBufReadExt, BufReader};

    use super::*;
    use crate::transport::json_lines::load::Load;

    #[tokio::test]
    async fn a_connection_is_not_idle_while_a_response_waits_for_its_task() {
        let (write, read) = tokio::io::duplex(1024);
        let output = Output::new(write);
        let error = ErrorData::invalid_request("no", None);
        output.respond(&TxJsonRpcMessage::<RoleServer>::error(error, None));
        assert!(!output.load.read().is_idle());
        let mut line = String::new();
        let mut read = BufReader::new(read);
        read.read_line(&mut line).await.expect("it is written");
        assert!(line.contains("-32600"), "{line}");
        output.load.wait_for(Load::is_idle).await;
    }
}
