//! The options of a worker.

use std::time::Duration;

/// The delay before a failed call to the backend is retried.
pub(crate) const BACKEND_RETRY_DELAY: Duration = Duration::from_millis(250);

/// The options of a worker. `WorkerBuilder` documents and checks them.
#[derive(Debug, Clone)]
pub(crate) struct WorkerOptions {
    pub(crate) concurrency: usize,
    pub(crate) lease: Duration,
    pub(crate) max_deliveries: u32,
    pub(crate) shutdown_grace: Duration,
    pub(crate) cancel_grace: Duration,
    pub(crate) automatic_check: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            concurrency: 10,
            lease: Duration::from_mins(5),
            max_deliveries: 3,
            shutdown_grace: Duration::from_secs(10),
            cancel_grace: Duration::from_secs(5),
            automatic_check: Duration::from_secs(30),
        }
    }
}
