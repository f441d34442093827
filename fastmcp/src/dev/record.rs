//! [`Record`]: the last build, the last log lines and the last requests, each up to a limit.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::Serialize;
use tracing_subscriber::fmt::MakeWriter;

use crate::dev::diagnostic::Diagnostic;
use crate::server::log_writer::LogWriter;

/// The number of log lines that are kept.
const MAX_LINES: usize = 2_000;

/// The length of a log line that is kept, in bytes.
const MAX_LINE_LENGTH: usize = 4_096;

/// The number of requests that are kept.
const MAX_CALLS: usize = 1_000;

/// The length of a name in the log of requests, in characters. Clients choose it.
const MAX_NAME: usize = 80;

/// The target of the log lines about lists that hosts may refuse or misread.
const LINT_TARGET: &str = "fastmcp::lint";

/// The state of the last build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum BuildStatus {
    /// No build has run: the program is as it was when the front started.
    #[default]
    None,
    Running,
    Succeeded,
    Failed,
}

/// The last build.
#[derive(Debug, Clone, Default)]
pub(super) struct LastBuild {
    pub(super) status: BuildStatus,
    pub(super) seconds: f64,
    pub(super) diagnostics: Vec<Diagnostic>,
}

/// A request that has ended. It has no arguments, because they may be secret.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Call {
    pub(super) at: String,
    pub(super) method: String,
    /// The name of the tool or the prompt, or the URI of the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    pub(super) ms: f64,
    pub(super) bytes_in: usize,
    pub(super) bytes_out: usize,
    /// `ok`, `error` or `cancelled`.
    pub(super) outcome: &'static str,
    /// Counts the servers since the start of the front, from 1.
    pub(super) server: u64,
}

/// A request that has begun.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    pub(super) method: String,
    name: Option<String>,
    bytes_in: usize,
    started: Instant,
}

impl Begun {
    pub(super) fn new(message: &serde_json::Value, bytes_in: usize) -> Self {
        let params = &message["params"];
        let mut name = ["name", "uri", "taskId"].iter();
        let name = name.find_map(|key| params[*key].as_str());
        let short = |text: &str| text.chars().take(MAX_NAME).collect::<String>();
        Self {
            method: short(message["method"].as_str().unwrap_or_default()),
            name: name.map(short),
            bytes_in,
            started: Instant::now(),
        }
    }
}

/// The last build, the last log lines and the last requests.
#[derive(Default)]
pub(super) struct Record {
    /// Standard error, which the client may not read. `None` in unit tests, and if there is no thread for it.
    output: Option<LogWriter>,
    lines: Mutex<VecDeque<String>>,
    lints: Mutex<Vec<String>>,
    calls: Mutex<VecDeque<Call>>,
    build: Mutex<LastBuild>,
}

impl Record {
    pub(super) fn new() -> Self {
        Self {
            output: LogWriter::start().ok(),
            ..Self::default()
        }
    }

    /// Waits a short time until all lines are written.
    pub(super) fn flush(&self) {
        if let Some(output) = &self.output {
            output.flush();
        }
    }

    /// Prints a line of the front itself to standard error, and keeps it.
    pub(super) fn note(&self, text: &str) {
        for line in text.lines() {
            self.line(&format!("dev: {line}"));
        }
    }

    /// Prints a line of a server to standard error, and keeps it.
    pub(super) fn line(&self, line: &str) {
        if let Some(output) = &self.output {
            // A line that finds no room is dropped, and counted.
            let _ = writeln!(output.make_writer(), "{line}");
        }
        let kept = &line[..line.floor_char_boundary(MAX_LINE_LENGTH)];
        if kept.contains(LINT_TARGET) {
            push(&mut lock(&self.lints), kept.to_owned());
        }
        push_back(&mut lock(&self.lines), kept.to_owned(), MAX_LINES);
    }

    /// Forgets the lints of the server that ran before.
    pub(super) fn server_starts(&self) {
        lock(&self.lints).clear();
    }

    /// Logs a request that has ended.
    pub(super) fn ended(&self, begun: Begun, bytes_out: usize, outcome: &'static str, server: u64) {
        let elapsed = begun.started.elapsed();
        let name = begun.name.as_deref().unwrap_or_default();
        let (method, bytes_in) = (&begun.method, begun.bytes_in);
        let space = if name.is_empty() { "" } else { " " };
        let failed = if outcome == "ok" { "" } else { ", " };
        let shown = if outcome == "ok" { "" } else { outcome };
        self.note(&format!(
            "{method}{space}{name} {} ms, {bytes_in} B in, {bytes_out} B out{failed}{shown}",
            millis(elapsed)
        ));
        let call = Call {
            at: jiff::Timestamp::now().to_string(),
            method: begun.method,
            name: begun.name,
            ms: elapsed.as_secs_f64() * 1e3,
            bytes_in,
            bytes_out,
            outcome,
            server,
        };
        push_back(&mut lock(&self.calls), call, MAX_CALLS);
    }

    pub(super) fn set_build(&self, build: LastBuild) {
        *lock(&self.build) = build;
    }

    pub(super) fn build(&self) -> LastBuild {
        lock(&self.build).clone()
    }

    pub(super) fn lints(&self) -> Vec<String> {
        lock(&self.lints).clone()
    }

    /// Returns the last lines, oldest first.
    pub(super) fn lines(&self, limit: usize) -> Vec<String> {
        last(&lock(&self.lines), limit)
    }

    /// Returns the last requests, oldest first.
    pub(super) fn calls(&self, limit: usize) -> Vec<Call> {
        last(&lock(&self.calls), limit)
    }
}

fn millis(elapsed: Duration) -> String {
    let millis = elapsed.as_secs_f64() * 1e3;
    if millis < 10.0 {
        format!("{millis:.1}")
    } else {
        format!("{millis:.0}")
    }
}

fn push(lines: &mut Vec<String>, line: String) {
    if lines.len() < MAX_LINES {
        lines.push(line);
    }
}

fn push_back<T>(items: &mut VecDeque<T>, item: T, limit: usize) {
    if items.len() == limit {
        items.pop_front();
    }
    items.push_back(item);
}

fn last<T: Clone>(items: &VecDeque<T>, limit: usize) -> Vec<T> {
    let skipped = items.len().saturating_sub(limit);
    items.iter().skip(skipped).cloned().collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_record_is_bounded_and_has_no_arguments() {
        let record = Record::default();
        let message = json!({
            "method": "tools/call",
            "params": { "name": "n".repeat(500), "arguments": { "password": "hunter2" } },
        });
        for _ in 0..MAX_CALLS + 5 {
            record.ended(Begun::new(&message, 10), 20, "ok", 1);
        }
        record.line(&"é".repeat(MAX_LINE_LENGTH));
        let calls = record.calls(usize::MAX);
        assert_eq!(calls.len(), MAX_CALLS);
        assert_eq!(calls[0].name.as_ref().map(String::len), Some(MAX_NAME));
        assert!(!serde_json::to_string(&calls).unwrap().contains("hunter2"));
        assert!(!record.lines(usize::MAX).concat().contains("hunter2"));
        assert_eq!(record.lines(1)[0].len(), MAX_LINE_LENGTH);
        assert_eq!(record.calls(3).len(), 3);
    }
}
