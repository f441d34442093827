//! The standard input and output of the front, which carry the messages of the client.

use std::io::{BufRead, BufReader, Write};
use std::thread;

use tokio::sync::{mpsc, oneshot};

/// The number of lines that wait in each direction.
const MAX_QUEUED: usize = 256;

/// Lines to the client.
#[derive(Debug, Clone)]
pub(super) struct Output(mpsc::Sender<Line>);

enum Line {
    Text(String),
    Flush(oneshot::Sender<()>),
}

impl Output {
    /// Writes a line. Waits while the client does not read.
    pub(super) async fn send(&self, line: String) {
        // Fails after the client has closed the stream, which also ends the input.
        let _ = self.0.send(Line::Text(line)).await;
    }

    /// Waits until all lines are written.
    pub(super) async fn flush(&self) {
        let (sender, flushed) = oneshot::channel();
        if self.0.send(Line::Flush(sender)).await.is_ok() {
            let _ = flushed.await;
        }
    }
}

/// Starts to read and to write, in threads: a read of standard input cannot be cancelled, and the runtime would wait
/// for it at the end.
pub(super) fn open() -> (mpsc::Receiver<String>, Output) {
    let (input, lines) = mpsc::channel(MAX_QUEUED);
    thread::spawn(move || {
        let mut reader = BufReader::new(std::io::stdin());
        let mut line = Vec::new();
        while let Ok(1..) = reader.read_until(b'\n', &mut line) {
            let text = String::from_utf8_lossy(&line);
            let text = text.trim();
            if !text.is_empty() && input.blocking_send(text.to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    let (output, mut waiting) = mpsc::channel(MAX_QUEUED);
    thread::spawn(move || {
        let mut stdout = std::io::stdout();
        while let Some(line) = waiting.blocking_recv() {
            let written = match line {
                Line::Text(text) => writeln!(stdout, "{text}").and_then(|()| stdout.flush()),
                Line::Flush(done) => {
                    let _ = done.send(());
                    Ok(())
                }
            };
            if written.is_err() {
                return;
            }
        }
    });
    (lines, Output(output))
}
