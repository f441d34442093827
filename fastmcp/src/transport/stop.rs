//! [`Stop`]: how a connection stops.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

/// The signals that stop a connection.
#[derive(Clone)]
pub(crate) struct Stop {
    /// Cancelled when the connection has to finish the requests in flight and then close.
    pub(crate) drain: CancellationToken,
    /// The time that these requests have.
    pub(crate) grace: Duration,
    /// Cancelled when the connection has to close at once.
    pub(crate) close: CancellationToken,
}
