//! The default log subscriber. It writes to standard error, because standard output is the
//! connection to the client.

use std::io;
use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::server::settings;

/// Installs the default subscriber, unless the program has its own.
pub(crate) fn to_stderr() {
    let value = settings::text(settings::LOG_LEVEL);
    let filter = value
        .as_deref()
        .and_then(|value| value.parse::<Targets>().ok());
    let is_invalid = value.is_some() && filter.is_none();
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
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
