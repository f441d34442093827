//! [`LogWriter`]: writes log lines to standard error on a thread of its own.
//!
//! A client may start the server with a pipe for standard error and never read it. A write to a full
//! pipe blocks, so no thread that serves may write: lines wait in a bounded queue, and those that
//! find no room are dropped and counted.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// The number of lines that wait to be written.
const QUEUE: usize = 1024;

/// The time that the end of the program waits for the lines to be written.
const FLUSH_PATIENCE: Duration = Duration::from_millis(500);

/// Writes log lines to standard error, without blocking.
#[derive(Debug, Clone)]
pub(crate) struct LogWriter {
    lines: SyncSender<Vec<u8>>,
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    /// The lines that were dropped and not yet reported.
    dropped: AtomicU64,
    /// The number of lines that wait or are being written.
    waiting: Mutex<usize>,
    written: Condvar,
}

impl Shared {
    fn count(&self, change: impl FnOnce(&mut usize)) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut waiting);
        if *waiting == 0 {
            self.written.notify_all();
        }
    }
}

impl LogWriter {
    /// Starts the thread.
    pub(crate) fn start() -> io::Result<Self> {
        Self::to(io::stderr())
    }

    fn to(output: impl Write + Send + 'static) -> io::Result<Self> {
        let (lines, received) = sync_channel(QUEUE);
        let shared = Arc::new(Shared::default());
        let writer = Self {
            lines,
            shared: Arc::clone(&shared),
        };
        let thread = thread::Builder::new().name("fastmcp-log".into());
        thread.spawn(move || write_lines(output, &received, &shared))?;
        Ok(writer)
    }

    fn push(&self, line: Vec<u8>) {
        // Counted first, so that a flush in between waits for the line.
        self.shared.count(|waiting| *waiting += 1);
        if self.lines.try_send(line).is_err() {
            self.shared.dropped.fetch_add(1, Ordering::Relaxed);
            self.shared.count(|waiting| *waiting -= 1);
        }
    }

    /// Waits a short time until all lines are written. A program that ends at once would lose them.
    pub(crate) fn flush(&self) {
        let waiting = self.shared.waiting.lock();
        let waiting = waiting.unwrap_or_else(PoisonError::into_inner);
        let written = &self.shared.written;
        drop(written.wait_timeout_while(waiting, FLUSH_PATIENCE, |waiting| *waiting > 0));
    }
}

fn write_lines(mut output: impl Write, lines: &Receiver<Vec<u8>>, shared: &Shared) {
    while let Ok(line) = lines.recv() {
        let dropped = shared.dropped.swap(0, Ordering::Relaxed);
        if dropped > 0 {
            let _ = writeln!(
                output,
                "{dropped} log lines were dropped, because standard error was not read"
            );
        }
        // Nobody can be told that standard error is closed.
        let _ = output.write_all(&line);
        shared.count(|waiting| *waiting -= 1);
    }
}

/// One log line, which is sent when it is complete.
pub(crate) struct Line<'a> {
    writer: &'a LogWriter,
    bytes: Vec<u8>,
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        self.writer.push(std::mem::take(&mut self.bytes));
    }
}

impl<'a> MakeWriter<'a> for LogWriter {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Self::Writer {
        Line {
            writer: self,
            bytes: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// A writer that blocks until it is released, and forwards what it writes.
    struct Blocked {
        released: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Blocked {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            // A closed channel releases all writes.
            let _ = self.released.recv();
            let _ = self.written.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_without_room_are_dropped_and_counted() {
        let (release, released) = channel::<()>();
        let (written, output) = channel();
        let writer = LogWriter::to(Blocked { released, written }).unwrap();
        for number in 0..3_000 {
            let line = writer
                .make_writer()
                .write_all(format!("{number}\n").as_bytes());
            line.unwrap();
        }
        writer.flush();
        drop(release);
        writer.make_writer().write_all(b"last\n").unwrap();
        writer.flush();
        let output: Vec<u8> = output.try_iter().flatten().collect();
        let output = String::from_utf8(output).unwrap();
        // The counts of dropped lines may stand anywhere between them.
        let numbers: Vec<u32> = output.lines().filter_map(|it| it.parse().ok()).collect();
        assert!(numbers.starts_with(&[0, 1, 2]), "{output}");
        assert!(numbers.len() < 3_000, "{output}");
        assert!(output.contains("log lines were dropped"), "{output}");
    }
}
