//! [`Lines`]: splits a byte stream into lines of bounded length.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// The maximum length of a line in bytes. Without a limit, a client that never ends its line would
/// fill the memory.
pub(crate) const MAX_LINE_LENGTH: usize = 16 * 1024 * 1024;

/// The maximum capacity of the line buffer between two lines; a larger buffer is freed.
const MAX_IDLE_BUFFER: usize = 256 * 1024;

/// The number of bytes that are read at once.
const READ_SIZE: usize = 64 * 1024;

/// The result of reading a line.
pub(crate) enum Read {
    Line,
    TooLong,
    End,
}

/// The lines of a byte stream.
pub(crate) struct Lines<R> {
    read: BufReader<R>,
    /// The part of the current line that has been read.
    pub(crate) line: Vec<u8>,
    /// `true` while the rest of a line that is too long is skipped.
    skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(crate) fn new(read: R) -> Self {
        Self {
            read: BufReader::with_capacity(READ_SIZE, read),
            line: Vec::new(),
            skipping: false,
        }
    }

    /// Reads up to the end of a line. Cancellation-safe: bytes that were consumed from the reader are
    /// in `self.line`, and the next call continues from there.
    pub(crate) async fn next(&mut self) -> io::Result<Read> {
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

    /// Returns when the stream has ended and everything before its end has been read. It reads ahead
    /// into its buffer, and no further.
    pub(crate) async fn ended(&mut self) {
        if !self.read.fill_buf().await.is_ok_and(<[u8]>::is_empty) {
            std::future::pending::<()>().await;
        }
    }

    /// Clears the line, for the next one.
    pub(crate) fn clear(&mut self) {
        if self.line.capacity() > MAX_IDLE_BUFFER {
            self.line = Vec::new();
        } else {
            self.line.clear();
        }
    }
}
