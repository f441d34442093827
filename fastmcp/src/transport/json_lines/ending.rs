//! The end of a connection: how long requests in flight may still run.

use std::time::Duration;

use tokio::time::Instant;

use crate::transport::json_lines::load::{Load, SharedLoad};

/// The time that requests in flight have to finish after the client has ended its input.
pub(crate) const GRACE_AT_END: Duration = Duration::from_secs(5);

/// Waits until the connection has to close. Without a deadline, it serves. With lines that are not handled yet, it is
/// not idle.
pub(crate) async fn finished(load: &SharedLoad, deadline: Option<Instant>, has_lines: bool) {
    let Some(deadline) = deadline else {
        return std::future::pending().await;
    };
    tokio::select! {
        () = load.wait_for(Load::is_idle), if !has_lines => {}
        () = tokio::time::sleep_until(deadline) => {
            for request in load.read().unfinished() {
                tracing::warn!(request, "a request did not finish before its connection closed");
            }
        }
    }
}
