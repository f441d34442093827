//! The default log subscriber. It writes to standard error, because standard output carries the
//! protocol.

use std::io;
use std::io::IsTerminal;

use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::protocol::log_target::LOG_TARGET;
use crate::server::log_writer::LogWriter;
use crate::server::settings;

/// The target of the line that a program logs when it starts to serve.
pub(crate) const START: &str = "fastmcp::start";

/// The target of the spans of telemetry, which are not part of the log unless a filter names them.
const SPANS: &str = "fastmcp::spans";

/// The lines that [`log_to_stderr`] has not written yet. Dropping it waits up to half a second for them.
#[derive(Debug)]
#[must_use = "dropping it at the end of the program writes the last lines"]
pub struct LogGuard(Option<LogWriter>);

impl LogGuard {
    /// Waits a short time until all lines are written.
    pub(crate) fn flush(&self) {
        if let Some(writer) = &self.0 {
            writer.flush();
        }
    }
}

impl Drop for LogGuard {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Logs to standard error, unless the program has a subscriber of its own.
///
/// [`FastMcp::run`](crate::FastMcp::run), `run_http` and `run_worker` do this themselves. Call it in a program
/// that serves from a router of its own, and keep the guard until the end of `main`.
///
/// The environment variable `FASTMCP_LOG_LEVEL`, or `RUST_LOG` if the first is not set, is the filter: a level
/// such as `info`, or a list such as `warn,my_crate=debug`. By default, warnings and errors are logged, and one
/// line when the server starts.
///
/// ```no_run
/// # #[tokio::main]
/// # async fn main() -> fastmcp::Result<()> {
/// let _log = fastmcp::log_to_stderr();
/// let server = fastmcp::FastMcp::new("reports").start().await?;
/// // … serve it, for example with `axum::serve` …
/// server.shutdown().await?;
/// # Ok(())
/// # }
/// ```
pub fn log_to_stderr() -> LogGuard {
    log(default_filter)
}

/// Logs only errors by default, because a command prints everything else itself.
#[cfg(feature = "cli")]
pub(crate) fn log_errors_to_stderr() -> LogGuard {
    log(|| {
        Targets::new()
            .with_default(LevelFilter::ERROR)
            // The command reports the end of its tasks.
            .with_target("fastmcp::docket::worker::failure_log", LevelFilter::OFF)
            .with_target(LOG_TARGET, LevelFilter::OFF)
            .with_target(SPANS, LevelFilter::OFF)
    })
}

fn log(default_filter: impl FnOnce() -> Targets) -> LogGuard {
    if tracing::dispatcher::has_been_set() {
        return LogGuard(None);
    }
    let writer = match LogWriter::start() {
        Ok(writer) => writer,
        Err(error) => {
            eprintln!("cannot start the thread that writes logs: {error}");
            return LogGuard(None);
        }
    };
    let variable = [settings::LOG_LEVEL, settings::RUST_LOG]
        .into_iter()
        .find_map(|variable| Some((variable, settings::text(variable)?)));
    let parsed = variable.as_ref().map(|(_, value)| filter(value));
    let is_invalid = matches!(parsed, Some(None));
    let filter = parsed.flatten().unwrap_or_else(default_filter);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer.clone())
        .with_ansi(io::stderr().is_terminal());
    let registry = tracing_subscriber::registry();
    // Each layer has its own filter: the spans of telemetry are exported, and not logged.
    #[cfg(feature = "telemetry")]
    let registry = registry.with(crate::telemetry::layer::layer());
    let installed = registry.with(lines.with_filter(filter)).try_init();
    // The warning needs the subscriber. Without `Ok`, the program has its own and ignores the variable.
    if let (Ok(()), true, Some((variable, value))) = (installed, is_invalid, variable) {
        tracing::warn!(
            "{variable} is `{value}`, which is not a log filter such as `info` or `warn,my_crate=debug`"
        );
    }
    LogGuard(Some(writer))
}

fn default_filter() -> Targets {
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target(START, LevelFilter::INFO)
        .with_target(LOG_TARGET, LevelFilter::OFF)
        .with_target(SPANS, LevelFilter::OFF)
}

/// Parses a filter. A plain level such as `debug` does not include the protocol library: its events
/// repeat what clients do, with the arguments of calls and the IDs of sessions.
fn filter(value: &str) -> Option<Targets> {
    let filter = value.parse::<Targets>().ok()?;
    let names_library = filter
        .iter()
        .any(|(target, _)| target.starts_with(LOG_TARGET));
    let names_spans = filter.iter().any(|(target, _)| target == SPANS);
    let mut filter = filter;
    for (target, is_named) in [(LOG_TARGET, names_library), (SPANS, names_spans)] {
        if !is_named {
            filter = filter.with_target(target, LevelFilter::OFF);
        }
    }
    Some(filter)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn the_protocol_library_logs_only_if_it_is_named() {
        let named = format!("warn,{LOG_TARGET}=debug");
        for (text, expected) in [
            ("debug", false),
            ("trace,my_crate=info", false),
            (named.as_str(), true),
        ] {
            let filter = filter(text).unwrap();
            assert_eq!(
                filter.would_enable(LOG_TARGET, &Level::DEBUG),
                expected,
                "{text}"
            );
        }
        let default = default_filter();
        assert!(!default.would_enable(LOG_TARGET, &Level::ERROR));
        assert!(default.would_enable(START, &Level::INFO));
        assert!(!default.would_enable("my_crate", &Level::INFO));
        assert!(filter("no=such=level").is_none());
    }
}
