//! [`Lines`]: splits a byte stream into lines of bounded length.

use std::io;
use std::ops::Range;

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncReadExt};

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
}

/// The lines of a byte stream.
pub(crate) struct Lines<R> {
    read: R,
    buffer: Box<[u8]>,
    /// The part of `buffer` that has been read and not yet consumed.
    unread: Range<usize>,
    /// The part of the current line that has been moved out of `buffer`.
    pub(crate) line: Vec<u8>,
    /// `true` while the rest of a line that is too long is skipped.
    skipping: bool,
    /// `true` if the stream has ended. `buffer` may still contain lines.
    ended: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(crate) fn new(read: R) -> Self {
        Self {
            read,
            buffer: vec![0; READ_SIZE].into(),
            unread: 0..0,
            line: Vec::new(),
            skipping: false,
            ended: false,
        }
    }

    /// Waits until bytes are in the buffer. Returns false at the end of the stream. Cancellation-safe.
    pub(crate) async fn fill(&mut self) -> io::Result<bool> {
        if self.unread.is_empty() && !self.ended {
            self.read().await?;
        }
        Ok(!self.unread.is_empty())
    }

    /// Waits until the stream has ended. Reads ahead until the buffer is full. Cancellation-safe.
    pub(crate) async fn ended(&mut self) {
        while !self.ended {
            // Moving the unread part to the front must not cost more than the reading before it.
            let is_full =
                self.unread.end == self.buffer.len() && self.unread.start < self.buffer.len() / 2;
            if is_full || self.read().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Returns whether the buffer and the current line are empty.
    pub(crate) fn is_empty(&self) -> bool {
        self.unread.is_empty() && self.line.is_empty()
    }

    /// Reads into the free part of the buffer.
    async fn read(&mut self) -> io::Result<()> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.buffer.len() {
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..self.unread.len();
        }
        let read = self.read.read(&mut self.buffer[self.unread.end..]).await?;
        self.unread.end += read;
        self.ended = read == 0;
        Ok(())
    }

    /// Returns the next line, if the buffer contains all of it.
    pub(crate) fn buffered(&self) -> Option<&[u8]> {
        if self.skipping || !self.line.is_empty() {
            return None;
        }
        let unread = &self.buffer[self.unread.clone()];
        let newline = memchr(b'\n', unread)?;
        Some(&unread[..newline])
    }

    /// Skips the line that [`buffered`](Self::buffered) has returned.
    pub(crate) fn skip(&mut self, length: usize) {
        self.unread.start += length + 1;
    }

    /// Moves the next line, or the part of it that has been read, from the buffer to `self.line`. Returns `None` if
    /// the end of the line has not been read yet.
    pub(crate) fn take(&mut self) -> Option<Read> {
        while !self.unread.is_empty() {
            let available = &self.buffer[self.unread.clone()];
            let newline = memchr(b'\n', available);
            let length = newline.map_or(available.len(), |at| at + 1);
            let fits = self.line.len() + length <= MAX_LINE_LENGTH;
            if !self.skipping && fits {
                self.line.extend_from_slice(&available[..length]);
            }
            self.unread.start += length;
            let ended = newline.is_some();
            if self.skipping {
                self.skipping = !ended;
            } else if !fits {
                self.skipping = !ended;
                return Some(Read::TooLong);
            } else if ended {
                return Some(Read::Line);
            }
        }
        None
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
