//! The shutdown of a worker: waits for running bodies, releases the unfinished runs, and reports the bodies that it
//! could not stop.

use std::collections::HashMap;

use tokio::time::{Instant, sleep_until, timeout_at};

use crate::docket::backend::contract::BackendFuture;
use crate::docket::current_execution::StopReason;
use crate::docket::model::delivery::Lease;
use crate::docket::model::key::Key;
use crate::docket::model::outcome::Outcome;
use crate::docket::worker::report::ShutdownReport;
use crate::docket::worker::run_loop::{RunLoop, some};
use crate::docket::worker::running::ABORT_TIMEOUT;

impl<'a> RunLoop<'a> {
    pub(crate) async fn shut_down(&mut self, signals: BackendFuture<'a, Vec<Lease>>) {
        let deadline = Instant::now() + self.shared.options.shutdown_grace;
        self.give_up_at = Some(deadline + ABORT_TIMEOUT);
        self.drain_until(deadline, signals).await;
        let mut report = ShutdownReport::default();
        if !self.running.is_empty() {
            report.released = self.release().await;
            report.abandoned = self.running.keys();
        }
        if !report.released.is_empty() {
            tracing::warn!(worker = %self.shared.name, keys = ?report.released, "shut down: released unfinished runs");
        }
        if !report.abandoned.is_empty() {
            tracing::error!(worker = %self.shared.name, keys = ?report.abandoned, "shut down: these bodies block and are still running");
        }
        self.deregister().await;
        self.shared.try_end_loop();
        self.shared.send_report(report);
    }

    /// Deregisters the worker. If this fails, the backend considers the worker dead after the duration of one lease.
    pub(crate) async fn deregister(&self) {
        if let Err(error) = self.backend.deregister(&self.shared.name).await {
            tracing::warn!(worker = %self.shared.name, %error, "cannot deregister the worker; it expires with its lease");
        }
    }

    /// Continues to settle, renew and cancel until nothing is running, or until `deadline`.
    async fn drain_until(&mut self, deadline: Instant, mut signals: BackendFuture<'a, Vec<Lease>>) {
        while !self.running.is_empty() && Instant::now() < deadline {
            self.schedule_renewal();
            let shared = self.shared;
            tokio::select! {
                biased;
                () = shared.settlements.filled() => {}
                result = &mut signals => {
                    match result {
                        Ok(leases) => self.cancel(leases),
                        Err(error) => self.backend_failed("listen", &error).await,
                    }
                    signals = self.backend.signals(&shared.name);
                }
                () = some(self.renewal.as_mut()) => {
                    self.renewal = None;
                    self.renew().await;
                }
                () = sleep_until(deadline) => {}
            }
            self.settle().await;
        }
    }

    /// Aborts all runs and settles them. Returns the keys of the runs that were released.
    async fn release(&mut self) -> Vec<Key> {
        let mut aborted = HashMap::new();
        for lease in self.running.leases() {
            if let Some(key) = self.running.stop(lease, StopReason::ShuttingDown) {
                aborted.insert(lease, key);
            }
        }
        let deadline = Instant::now() + ABORT_TIMEOUT;
        let mut released = Vec::new();
        while !self.running.is_empty() {
            if timeout_at(deadline, self.shared.settlements.filled())
                .await
                .is_err()
            {
                break;
            }
            self.shared.settlements.swap(&mut self.settlements);
            for settlement in &self.settlements {
                // A body can still complete between the request to stop and the abort; its run is then not released.
                if settlement.outcome == Outcome::Release
                    && let Some(key) = aborted.remove(&settlement.lease)
                {
                    released.push(key);
                }
            }
            self.settle_batch().await;
        }
        released
    }
}
