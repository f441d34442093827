//! [`Running`]: the runs of a worker, and the ways to stop them.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use tokio::task::{AbortHandle, JoinHandle};
use tokio::time::sleep;

use crate::docket::current_execution::{CurrentExecution, StopReason};
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;

/// The time in which an aborted body must reach its next `.await`. After it, the body counts as blocked.
pub(crate) const ABORT_TIMEOUT: Duration = Duration::from_secs(1);

/// The runs that have not been settled.
#[derive(Debug, Default)]
pub(crate) struct Running {
    runs: HashMap<Lease, Run, BuildHasherDefault<LeaseHasher>>,
}

/// A fast hasher for leases. The backend chooses the tokens, so no client can provoke collisions.
#[derive(Debug, Default)]
pub(crate) struct LeaseHasher(u64);

impl Hasher for LeaseHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        // Multiplication by an odd constant spreads consecutive numbers over the whole range.
        self.0 = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

#[derive(Debug)]
struct Run {
    execution: CurrentExecution,
    task: JoinHandle<()>,
    /// Aborts the run if it does not stop after its cancellation.
    watchdog: Option<AbortHandle>,
}

impl Running {
    pub(crate) fn insert(&mut self, execution: CurrentExecution, task: JoinHandle<()>) {
        self.runs.insert(
            execution.lease(),
            Run {
                execution,
                task,
                watchdog: None,
            },
        );
    }

    pub(crate) fn remove(&mut self, lease: Lease) {
        if let Some(watchdog) = self.runs.remove(&lease).and_then(|run| run.watchdog) {
            watchdog.abort();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.runs.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    pub(crate) fn leases(&self) -> Vec<Lease> {
        self.runs.keys().copied().collect()
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        self.runs
            .values()
            .map(|run| run.execution.key().clone())
            .collect()
    }

    /// Cancels the token of a run. Aborts the run after `grace`, and logs an error if it still does not stop. Returns
    /// false if there is no such run.
    pub(crate) fn cancel(&mut self, lease: Lease, grace: Duration) -> bool {
        let Some(run) = self.runs.get_mut(&lease) else {
            return false;
        };
        if run.watchdog.is_some() {
            return true;
        }
        run.execution.request_stop(StopReason::Cancelled);
        let task = run.task.abort_handle();
        let key = run.execution.key().clone();
        let watchdog = tokio::spawn(async move {
            sleep(grace).await;
            task.abort();
            sleep(ABORT_TIMEOUT).await;
            tracing::error!(%key, "cancelled, but its body blocks and cannot be stopped; it is still running");
        });
        run.watchdog = Some(watchdog.abort_handle());
        true
    }

    /// Cancels the token of a run and aborts the run at its next `.await`. Returns its key.
    pub(crate) fn stop(&mut self, lease: Lease, reason: StopReason) -> Option<Key> {
        let run = self.runs.get(&lease)?;
        run.execution.request_stop(reason);
        run.task.abort();
        Some(run.execution.key().clone())
    }
}
