//! A connection of newline-delimited JSON-RPC: standard input and output, and any other pair of
//! byte streams.
//!
//! The protocol library has a transport of its own for this, which drops a line that is not JSON
//! without a word: whoever sent it waits until they give up. Here every line has an answer:
//!
//! | line | answer |
//! |---|---|
//! | a message | what the server says to it |
//! | not JSON, or JSON that cannot be held (`1e999999`, a lone surrogate, too deep) | -32700 |
//! | JSON that is no message | -32600 |
//! | longer than [`LONGEST_LINE`] | -32600 |
//! | a notification that is none we know, a response that cannot be read | none: they have no answer |
//!
//! An answer carries the request's id wherever the line shows it. A line is parsed once; only one
//! that is refused is looked at again, for its id.

pub(crate) mod sketch;

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

use crate::transport::json_lines::sketch::Sketch;

/// The longest line that is taken in, in bytes: a sender that never ends its line must not fill
/// the memory.
const LONGEST_LINE: usize = 16 * 1024 * 1024;

/// A line buffer that has grown beyond this is given back once its line is done.
const KEPT_BUFFER: usize = 256 * 1024;

type Writer<W> = FramedWrite<W, JsonRpcMessageCodec<TxJsonRpcMessage<RoleServer>>>;

/// One connection.
pub(crate) struct Lines<R, W> {
    read: BufReader<R>,
    /// What has been read of the present line.
    line: Vec<u8>,
    /// Whether the rest of the present line is skipped: it was refused for its length.
    skipping: bool,
    /// `None` once the connection is closed.
    write: Arc<Mutex<Option<Writer<W>>>>,
    /// The answer to a refused line, until it is written. It stands here, and not in a future,
    /// because `receive` may be dropped at any `.await`.
    refusal: Option<Refusal>,
}

enum Refusal {
    ToWrite(ErrorData, Option<RequestId>),
    ToFlush,
}

/// How reading went on.
enum Read {
    Line,
    TooLong,
    End,
}

/// What a line is.
enum Heard {
    Message(Box<RxJsonRpcMessage<RoleServer>>),
    Refused(ErrorData, Option<RequestId>),
    Nothing,
}

impl<R: AsyncRead + Unpin, W: AsyncWrite + Unpin> Lines<R, W> {
    pub(crate) fn new(read: R, write: W) -> Self {
        let write = FramedWrite::new(write, JsonRpcMessageCodec::default());
        Self {
            read: BufReader::new(read),
            line: Vec::new(),
            skipping: false,
            write: Arc::new(Mutex::new(Some(write))),
            refusal: None,
        }
    }

    /// Reads on to the end of a line. Dropped in the middle, it goes on where it was: what was
    /// taken from the reader is in `self.line`.
    async fn read_line(&mut self) -> io::Result<Read> {
        loop {
            let available = self.read.fill_buf().await?;
            if available.is_empty() {
                return Ok(Read::End);
            }
            let newline = available.iter().position(|byte| *byte == b'\n');
            let length = newline.map_or(available.len(), |at| at + 1);
            let fits = self.line.len() + length <= LONGEST_LINE;
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

    /// Takes the line out of the buffer.
    fn hear(&mut self) -> Heard {
        let heard = hear(&self.line);
        self.clear();
        heard
    }

    fn clear(&mut self) {
        if self.line.capacity() > KEPT_BUFFER {
            self.line = Vec::new();
        } else {
            self.line.clear();
        }
    }

    /// Writes the answer to a refused line, if one is due; `None` if nobody can read it.
    async fn answer_refusal(&mut self) -> Option<()> {
        let Some(refusal) = &mut self.refusal else {
            return Some(());
        };
        let mut write = self.write.lock().await;
        let write = write.as_mut()?;
        if let Refusal::ToWrite(error, id) = refusal {
            let answer = TxJsonRpcMessage::<RoleServer>::error(error.clone(), id.clone());
            write.feed(answer).await.ok()?;
            *refusal = Refusal::ToFlush;
        }
        write.flush().await.ok()?;
        self.refusal = None;
        Some(())
    }
}

impl<R, W> Transport<RoleServer> for Lines<R, W>
where
    R: AsyncRead + Send + Unpin + 'static,
    W: AsyncWrite + Send + Unpin + 'static,
{
    type Error = io::Error;

    fn name() -> Cow<'static, str> {
        "lines".into()
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
            self.answer_refusal().await?;
            let heard = match self.read_line().await {
                Ok(Read::Line) => self.hear(),
                Ok(Read::TooLong) => {
                    let id = Sketch::of(&self.line).id;
                    self.clear();
                    let text = format!("the message is longer than {LONGEST_LINE} bytes");
                    Heard::Refused(ErrorData::invalid_request(text, None), id)
                }
                // A last line may do without its newline.
                Ok(Read::End) if !self.line.is_empty() => self.hear(),
                Ok(Read::End) => return None,
                Err(error) => {
                    tracing::error!(%error, "the connection cannot be read");
                    return None;
                }
            };
            match heard {
                Heard::Message(message) => return Some(*message),
                Heard::Refused(error, id) => {
                    tracing::debug!(error = %error.message, "a line was refused");
                    self.refusal = Some(Refusal::ToWrite(error, id));
                }
                Heard::Nothing => {}
            }
        }
    }

    async fn close(&mut self) -> io::Result<()> {
        drop(self.write.lock().await.take());
        Ok(())
    }
}

/// The answer to a message that cannot be read, because of `error`.
#[cfg(feature = "http")]
pub(crate) fn refusal(message: &[u8], error: &serde_json::Error) -> JsonRpcError {
    JsonRpcError::new(Sketch::of(message).id, refusal_of("body", error))
}

/// What is wrong with a line, or whatever else `what` is.
fn refusal_of(what: &str, error: &serde_json::Error) -> ErrorData {
    match error.classify() {
        Category::Syntax | Category::Eof => {
            let text = format!("the {what} is not JSON: {error}");
            ErrorData::new(ErrorCode::PARSE_ERROR, text, None)
        }
        // The library's own words name the types of its code.
        Category::Data | Category::Io => {
            ErrorData::invalid_request(format!("the {what} is no JSON-RPC 2.0 message"), None)
        }
    }
}

fn hear(line: &[u8]) -> Heard {
    // RFC 8259 §8.1 lets a reader pass over a byte order mark.
    let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line);
    let line = line.trim_ascii();
    if line.is_empty() {
        return Heard::Nothing;
    }
    let error = match serde_json::from_slice(line) {
        Ok(message) => return Heard::Message(Box::new(message)),
        Err(error) => error,
    };
    let sketch = Sketch::of(line);
    if sketch.has_no_answer() {
        tracing::debug!(%error, "a notification or response was passed over");
        return Heard::Nothing;
    }
    Heard::Refused(refusal_of("line", &error), sketch.id)
}
