//! [`Terminal`]: runs the server of the tests in a pseudo-terminal, and records a transcript.

use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::run::{Home, PROGRAM};

/// A limit for a test that hangs. It decides nothing else.
const TIMEOUT: Duration = Duration::from_mins(2);

/// A command in a terminal of 30 lines with 100 columns.
pub(crate) struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    writer: Box<dyn Write + Send>,
    output: Receiver<Vec<u8>>,
    seen: Vec<u8>,
    /// The end of the last text that was awaited.
    from: usize,
    _master: Box<dyn MasterPty + Send>,
}

impl Terminal {
    pub(crate) fn start(home: &Home, words: &[&str]) -> Self {
        let size = PtySize {
            rows: 30,
            cols: 100,
            ..PtySize::default()
        };
        let pair = native_pty_system()
            .openpty(size)
            .expect("a pseudo-terminal");
        let mut command = CommandBuilder::new(PROGRAM);
        command.args(words);
        command.env_clear();
        for (name, value) in home.variables() {
            command.env(name, value);
        }
        command.cwd(&home.directory);
        let child = pair
            .slave
            .spawn_command(command)
            .expect("the program starts");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let writer = pair.master.take_writer().expect("a writer");
        let (send, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Linux reports the end of a pseudo-terminal as an error.
            while let Ok(length @ 1..) = reader.read(&mut buffer) {
                if send.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            child,
            writer,
            output,
            seen: Vec::new(),
            from: 0,
            _master: pair.master,
        }
    }

    /// Waits until `text` appears after the last text that was awaited.
    pub(crate) fn wait_for(&mut self, text: &str) {
        loop {
            let mut places = self.seen[self.from..].windows(text.len());
            if let Some(at) = places.position(|it| it == text.as_bytes()) {
                self.from += at + text.len();
                return;
            }
            match self.output.recv_timeout(TIMEOUT) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(error) => panic!("{error}: waiting for {text:?} after {}", self.transcript()),
            }
        }
    }

    /// Types text.
    pub(crate) fn send(&mut self, text: &str) {
        self.writer
            .write_all(text.as_bytes())
            .expect("the program reads");
    }

    /// Waits for the end, and returns the transcript and the exit code.
    pub(crate) fn end(mut self) -> (String, u32) {
        loop {
            match self.output.recv_timeout(TIMEOUT) {
                Ok(bytes) => self.seen.extend(bytes),
                Err(RecvTimeoutError::Disconnected) => break,
                Err(error) => panic!("{error} after {}", self.transcript()),
            }
        }
        let status = self.child.wait().expect("the program ends");
        (self.transcript(), status.exit_code())
    }

    /// Returns the output, with the commands to the terminal as visible text.
    fn transcript(&self) -> String {
        String::from_utf8_lossy(&self.seen)
            .replace("\r\n", "\n")
            .replace("\r\u{1b}[K", "⟲")
            .replace('\u{1b}', "\\e")
            .replace('\r', "\\r")
    }
}

/// Runs a command in a terminal. Each step waits for a text and types another.
pub(crate) fn in_terminal(home: &Home, words: &[&str], steps: &[(&str, &str)]) -> (String, u32) {
    let mut terminal = Terminal::start(home, words);
    for (awaited, typed) in steps {
        terminal.wait_for(awaited);
        terminal.send(typed);
    }
    terminal.end()
}
