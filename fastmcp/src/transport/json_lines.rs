//! [`JsonLines`]: a connection of newline-delimited JSON-RPC over standard input and output, or any
//! other pair of byte streams.
//!
//! The protocol library's own transport ignores lines that are not JSON, so the sender of an
//! invalid request would wait forever. This transport responds to every line that may be a request:
//!
//! | line | response |
//! |---|---|
//! | a valid message | the response of the server |
//! | not JSON, or JSON that cannot be represented (`1e999999`, a lone surrogate, too deep) | -32700 |
//! | JSON that is not a message | -32600 |
//! | longer than [`MAX_LINE_LENGTH`] | -32600 |
//! | an unknown notification, or a response that cannot be decoded | none: JSON-RPC answers neither |
//!
//! A response contains the request ID if one can be found in the line. Valid lines are parsed once;
//! only invalid lines are also read by [`scan`].

pub(crate) mod scan;

use std::borrow::Cow;
use std::io;
use std::sync::Arc;

use futures_util::SinkExt;
use rmcp::RoleServer;
#[cfg(feature = "http")]
use rmcp::model::JsonRpcError;
use rmcp::model::{ErrorCode, ErrorData, RequestId};
use rmcp::service::{RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use rmcp::transport::async_rw::JsonRpcMessageCodec;
use serde_json::error::Category;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, BufReader};
use tokio::sync::Mutex;
use tokio_util::codec::FramedWrite;

use crate::transport::json_lines::scan::ScannedMessage;

/// The maximum length of a line in bytes. Without a limit, a client that never ends its line would
/// exhaust the memory.
const MAX_LINE_LENGTH: usize = 16 * 1024 * 1024;

/// The maximum capacity of the line buffer between two lines; a larger buffer is freed.
const MAX_IDLE_BUFFER: usize = 256 * 1024;

type Writer<W> = FramedWrite<W, JsonRpcMessageCodec<TxJsonRpcMessage<RoleServer>>>;

/// One connection.
pub(crate) struct JsonLines<R, W> {
    read: BufReader<R>,
    /// The part of the current line that has been read.
    line: Vec<u8>,
    /// `true` while the rest of a line that is too long is skipped.
    skipping: bool,
    /// `None` once the connection is closed.
    write: Arc<Mutex<Option<Writer<W>>>>,
    /// The response to an invalid line, until it is written. It is a field and not a local
    /// variable, because `receive` may be dropped at any `.await`, and the next call must continue
    /// where it stopped.
    rejection: Option<Rejection>,
}

/// The progress of writing a rejection.
enum Rejection {
    Write(ErrorData, Option<RequestId>),
    Flush,
}

/// The result of reading a line.
enum Read {
    Line,
    TooLong,
    End,
}

/// A parsed line.
enum Incoming {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    Invalid(ErrorData, Option<RequestId>),
    /// An empty line, or an invalid message that gets no response.
    Ignored,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> JsonLines<R, W> {
    pub(crate) fn new(read: R, write: W) -> Self {
        let write = FramedWrite::new(write, JsonRpcMessageCodec::default());
        Self {
            read: BufReader::new(read),
            line: Vec::new(),
            skipping: false,
            write: Arc::new(Mutex::new(Some(write))),
            rejection: None,
        }
    }

    /// Reads up to the end of a line. Cancellation-safe: bytes that were consumed from the reader are
    /// in `self.line`, and the next call continues from there.
    async fn read_line(&mut self) -> io::Result<Read> {
        loop {
            let available = self.read.fill_buf().await?;
            if available.is_empty() {
                return Ok(Read::End);
            }
            let newline = available.iter().position(|byte| *byte == b'\n');
            let length = newline.map_or(available.len(), |at| at + 1);
            let fits = self.line.len() + length <= MAX_LINE_LENGTH;
            if !self.skipping && fits {
                self.line.extend_from_slice(&available[..length]);
            }
            self.read.consume(length);
            let ended = newline.is_some();
            if self.skipping {
                self.skipping = !ended;
            } else if !fits {
                self.skipping = !ended;
                return Ok(Read::TooLong);
            } else if ended {
                return Ok(Read::Line);
            }
        }
    }

    /// Parses the line and clears the buffer.
    fn take_line(&mut self) -> Incoming {
        let incoming = parse(&self.line);
        self.clear();
        incoming
    }

    fn clear(&mut self) {
        if self.line.capacity() > MAX_IDLE_BUFFER {
            self.line = Vec::new();
        } else {
            self.line.clear();
        }
    }

    /// Writes the pending rejection, if there is one. Returns `None` if the connection is closed.
    async fn write_rejection(&mut self) -> Option<()> {
        let Some(rejection) = &mut self.rejection else {
            return Some(());
        };
        // `send` takes the same lock, so the bytes of the two are never interleaved.
        let mut write = self.write.lock().await;
        let write = write.as_mut()?;
        if let Rejection::Write(error, id) = rejection {
            let response = TxJsonRpcMessage::<RoleServer>::error(error.clone(), id.clone());
            write.feed(response).await.ok()?;
            // `feed` has buffered the response. If this future is dropped during the flush below,
            // the next call must not buffer the response again.
            *rejection = Rejection::Flush;
        }
        write.flush().await.ok()?;
        self.rejection = None;
        Some(())
    }
}

impl<R, W> Transport<RoleServer> for JsonLines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn name() -> Cow<'static, str> {
        "json lines".into()
    }

    fn send(
        &mut self,
        message: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = io::Result<()>> + Send + 'static {
        let write = Arc::clone(&self.write);
        async move {
            match write.lock().await.as_mut() {
                Some(write) => write.send(message).await.map_err(Into::into),
                None => Err(io::ErrorKind::NotConnected.into()),
            }
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        loop {
            self.write_rejection().await?;
            let incoming = match self.read_line().await {
                Ok(Read::Line) => self.take_line(),
                Ok(Read::TooLong) => {
                    let id = ScannedMessage::scan(&self.line).id;
                    self.clear();
                    let text = format!("the message is longer than {MAX_LINE_LENGTH} bytes");
                    Incoming::Invalid(ErrorData::invalid_request(text, None), id)
                }
                // The last line may lack its newline.
                Ok(Read::End) if !self.line.is_empty() => self.take_line(),
                Ok(Read::End) => return None,
                Err(error) => {
                    tracing::error!(%error, "cannot read from the connection");
                    return None;
                }
            };
            match incoming {
                Incoming::Message(message) => return Some(*message),
                Incoming::Invalid(error, id) => {
                    tracing::debug!(error = %error.message, "rejected a line");
                    self.rejection = Some(Rejection::Write(error, id));
                }
                Incoming::Ignored => {}
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        drop(self.write.lock().await.take());
        Ok(())
    }
}

/// Returns the response to an HTTP body that cannot be parsed.
#[cfg(feature = "http")]
pub(crate) fn invalid_body(body: &[u8], error: &serde_json::Error) -> JsonRpcError {
    JsonRpcError::new(ScannedMessage::scan(body).id, error_data("body", error))
}

/// Returns the error for a line or a body that cannot be parsed.
fn error_data(source: &str, error: &serde_json::Error) -> ErrorData {
    match error.classify() {
        Category::Syntax | Category::Eof => {
            let text = format!("the {source} is not valid JSON: {error}");
            ErrorData::new(ErrorCode::PARSE_ERROR, text, None)
        }
        // Leave out the text of `error`, which names Rust types of the library.
        Category::Data | Category::Io => {
            let text = format!("the {source} is not a valid JSON-RPC 2.0 message");
            ErrorData::invalid_request(text, None)
        }
    }
}

fn parse(line: &[u8]) -> Incoming {
    // RFC 8259, section 8.1, allows parsers to ignore a byte order mark.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Incoming::Ignored;
    }
    let error = match serde_json::from_slice(line) {
        Ok(message) => return Incoming::Message(Box::new(message)),
        Err(error) => error,
    };
    let message = ScannedMessage::scan(line);
    if message.has_no_response() {
        // Responding to an invalid response could make two peers reject each other's messages
        // forever.
        tracing::debug!(%error, "ignored an invalid notification or response");
        return Incoming::Ignored;
    }
    Incoming::Invalid(error_data("line", &error), message.id)
}
