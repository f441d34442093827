//! Where log messages go when the program does not say: to standard error, never to standard
//! output, which belongs to the protocol.

use std::io;
use std::io::IsTerminal;

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::server::settings;

/// Installs a subscriber, unless the program has one.
pub(crate) fn to_stderr() {
    let wanted = settings::text(settings::LOG_LEVEL);
    let filter = wanted
        .as_deref()
        .and_then(|wanted| wanted.parse::<Targets>().ok());
    let is_unreadable = wanted.is_some() && filter.is_none();
    let filter = filter.unwrap_or_else(|| Targets::new().with_default(tracing::Level::WARN));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal());
    let installed = tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .try_init();
    if let (Ok(()), true, Some(wanted)) = (installed, is_unreadable, wanted) {
        tracing::warn!(
            "{} is `{wanted}`, which is not a log filter",
            settings::LOG_LEVEL
        );
    }
}
