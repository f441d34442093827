//! The default log subscriber. It writes to standard error, because standard output carries the
//! protocol.
//!
//! The protocol library logs session IDs at the level info and the arguments of calls at debug, and it
//! warns about every client that cancels or disconnects. Its lines are written only if the filter
//! names it (`warn,rmcp=debug`).

use std::io;
use std::io::IsTerminal;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::server::settings;

/// The target of the protocol library's lines.
const LIBRARY: &str = "rmcp";

/// Parses a filter. `None` if it is invalid.
fn parse_filter(value: &str) -> Option<Targets> {
    let filter: Targets = value.parse().ok()?;
    let names_library = filter.iter().any(|(target, _)| target.starts_with(LIBRARY));
    Some(if names_library {
        filter
    } else {
        filter.with_target(LIBRARY, LevelFilter::OFF)
    })
}

/// Installs the default subscriber, unless the program has its own.
pub(crate) fn to_stderr() {
    let value = settings::text(settings::LOG_LEVEL);
    let filter = value.as_deref().and_then(parse_filter);
    let is_invalid = value.is_some() && filter.is_none();
    let default = || {
        let warnings = Targets::new().with_default(tracing::Level::WARN);
        warnings.with_target(LIBRARY, LevelFilter::OFF)
    };
    let filter = filter.unwrap_or_else(default);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let installed = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    // The warning is logged after the subscriber is installed. If installing it failed, the program
    // has its own subscriber and ignores the variable.
    if let (Ok(()), true, Some(value)) = (installed, is_invalid, value) {
        tracing::warn!(
            "{} is `{value}`, which is not a log filter such as `info` or `warn,my_crate=debug`",
            settings::LOG_LEVEL
        );
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn the_library_is_silent_unless_the_filter_names_it() {
        let logs = |filter: &str, target: &str, level: Level| {
            let filter = parse_filter(filter).unwrap();
            filter.would_enable(target, &level)
        };
        for filter in ["debug", "trace,my_crate=warn", "warn"] {
            assert!(!logs(filter, "rmcp::service", Level::ERROR), "{filter}");
            assert!(logs(filter, "fastmcp", Level::WARN), "{filter}");
        }
        assert!(logs("warn,rmcp=debug", "rmcp::service", Level::DEBUG));
        assert!(logs("rmcp::service=debug", "rmcp::service", Level::DEBUG));
        assert!(parse_filter("warn,my_crate=loud").is_none());
    }
}
