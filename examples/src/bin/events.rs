//! A server over HTTP with an event that clients subscribe to.
//!
//! ```text
//! events ADDRESS
//! ```
//!
//! The event `build.finished` has the argument `repository`, and the tool `finish_build` emits it. Anybody may
//! subscribe. `FASTMCP_DOCKET_URL=sqlite://events.db` keeps subscriptions and deliveries when the process ends, and
//! `FASTMCP_EVENTS_ALLOW_LOOPBACK=1` lets webhooks be on this machine, to try it out.

use fastmcp::events::{EventOptions, Events};
use fastmcp::prelude::*;

/// A build that has finished.
#[fastmcp::data]
struct Build {
    repository: String,
    /// `true` if the build succeeded
    ok: bool,
}

/// A build of a repository has finished.
#[event(name = "build.finished")]
fn build_finished(
    /// The repository to watch
    repository: &str,
    #[payload] build: &Build,
) -> bool {
    build.repository == repository
}

/// Records the end of a build, and returns the ID of the event.
#[tool]
async fn finish_build(repository: String, ok: bool, events: Events) -> Result<String> {
    let emitted = events.emit(build_finished)(Build { repository, ok }).await?;
    Ok(emitted.event_id)
}

#[tokio::main]
async fn main() -> Result<()> {
    let _log = fastmcp::log_to_stderr();
    let Some(address) = std::env::args().nth(1) else {
        eprintln!("usage: events ADDRESS, for example `events 127.0.0.1:8000`");
        std::process::exit(2);
    };
    FastMcp::new("builds")
        .enable_docket()
        .events(EventOptions::new().allow_anonymous())
        .run_http(&address)
        .await?;
    Ok(())
}
