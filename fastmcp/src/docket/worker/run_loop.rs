//! The loop of a worker: claims while there are free slots, settles, renews leases, cancels, and sleeps.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::docket::backend::call::{Claim, Settlement};
use crate::docket::backend::contract::{Backend, BackendFuture};
use crate::docket::current_execution::{CurrentExecution, StopReason};
use crate::docket::error::BackendError;
use crate::docket::handler::Handler;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::outcome::Outcome;
use crate::docket::worker::automatic;
use crate::docket::worker::handle::Worker;
use crate::docket::worker::options::BACKEND_RETRY_DELAY;
use crate::docket::worker::panic_hook;
use crate::docket::worker::run;
use crate::docket::worker::running::Running;
use crate::docket::worker::session::Shared;

/// Runs the loop while there are guards, and afterwards until all runs have ended.
pub(crate) async fn run(shared: Arc<Shared>, handler: Arc<dyn Handler>) {
    panic_hook::install_hook();
    let dropped_loop = DroppedLoop(&shared);
    let backend = shared.docket.backend().clone();
    automatic::submit(&shared, &*handler).await;
    shared.automatic_submitted.send_replace(true);
    let mut run_loop = RunLoop {
        backend: &*backend,
        running: Running::default(),
        early_signals: Vec::new(),
        settlements: Vec::new(),
        renewal: None,
        give_up_at: None,
        shared: &shared,
        handler: &handler,
    };
    tokio::select! {
        biased;
        () = run_loop.work() => {}
        () = automatic::keep(&shared, &*handler) => {}
    }
    // The loop has already marked itself as ended. Another loop may be running by now, which the guard must not mark
    // as ended.
    std::mem::forget(dropped_loop);
}

/// Marks the loop as ended if its runtime is dropped, so that the worker can run again on another runtime.
struct DroppedLoop<'a>(&'a Shared);

impl Drop for DroppedLoop<'_> {
    fn drop(&mut self) {
        self.0.loop_was_dropped();
    }
}

pub(crate) struct RunLoop<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) backend: &'a dyn Backend,
    pub(crate) running: Running,
    handler: &'a Arc<dyn Handler>,
    /// Signals for runs that have not been delivered yet: a signal can arrive before the result of the claim.
    early_signals: Vec<Lease>,
    /// The batch that is being settled. The vector is kept to reuse its allocation.
    pub(crate) settlements: Vec<Settlement>,
    /// The timer of the next renewal, while something is running.
    pub(crate) renewal: Option<Pin<Box<Sleep>>>,
    /// The time after which a shutdown does not retry failed settlements any more.
    pub(crate) give_up_at: Option<Instant>,
}

/// The event that woke the loop.
enum Event {
    Settled,
    Claimed(Result<Vec<Delivery>, BackendError>),
    Signalled(Result<Vec<Lease>, BackendError>),
    Renewal,
    Changed,
}

impl<'a> RunLoop<'a> {
    async fn work(&mut self) {
        let backend = self.backend;
        let shared = self.shared;
        let mut claim: Option<(usize, BackendFuture<'a, Vec<Delivery>>)> = None;
        let mut signals = backend.signals(&shared.name);
        loop {
            self.settle().await;
            if shared.stop.is_cancelled() {
                drop(claim.take());
                self.shut_down(signals).await;
                return;
            }
            let wanted = shared.is_wanted();
            if !wanted {
                drop(claim.take());
                if self.running.is_empty() {
                    // Deregister before the loop is marked as ended. A caller that arrives in between reuses this
                    // loop. In the other order, the caller's new loop could be deregistered by our late call.
                    self.deregister().await;
                    if shared.try_end_loop() {
                        return;
                    }
                    continue;
                }
            }
            let free = self.free_slots();
            // A waiting body may have taken its freed slot back. A pending claim with a higher limit could then
            // return too many executions.
            claim = claim.filter(|(limit, _)| *limit <= free);
            if wanted && free > 0 && claim.is_none() {
                // Signals that arrived before this claim cannot refer to its result.
                self.early_signals.clear();
                claim = Some((free, backend.claim(self.claim(free))));
            }
            self.schedule_renewal();
            // Biased: finished runs free slots and are settled before anything new is claimed, and a worker that nobody
            // runs any more notices it before its claim gets an execution that was submitted later.
            let event = tokio::select! {
                biased;
                () = shared.settlements.filled() => Event::Settled,
                () = shared.changed.notified() => Event::Changed,
                deliveries = some(claim.as_mut().map(|(_, future)| future)) => Event::Claimed(deliveries),
                leases = &mut signals => Event::Signalled(leases),
                () = some(self.renewal.as_mut()) => Event::Renewal,
                () = shared.stop.cancelled() => Event::Changed,
            };
            match event {
                // Let other runs that are ready finish first, so that one batch settles all of them.
                Event::Settled => tokio::task::yield_now().await,
                Event::Claimed(result) => {
                    claim = None;
                    match result {
                        Ok(deliveries) if shared.is_wanted() => self.start(deliveries),
                        // The last call was dropped on another thread during the claim.
                        Ok(deliveries) => self.give_back(deliveries).await,
                        Err(error) => self.backend_failed("claim", &error).await,
                    }
                }
                Event::Signalled(result) => {
                    match result {
                        Ok(leases) => self.cancel(leases),
                        Err(error) => self.backend_failed("listen", &error).await,
                    }
                    signals = backend.signals(&shared.name);
                }
                Event::Renewal => {
                    self.renewal = None;
                    self.renew().await;
                }
                Event::Changed => {}
            }
        }
    }

    pub(crate) fn cancel(&mut self, leases: Vec<Lease>) {
        for lease in leases {
            if !self.running.cancel(lease, self.shared.options.cancel_grace) {
                self.early_signals.push(lease);
            }
        }
    }

    fn slots(&self) -> usize {
        let waiting_bodies = *self.shared.waiting_bodies.borrow();
        self.shared.options.concurrency + waiting_bodies
    }

    fn free_slots(&self) -> usize {
        self.slots().saturating_sub(self.running.len())
    }

    fn claim(&self, limit: usize) -> Claim {
        let options = &self.shared.options;
        Claim {
            worker: self.shared.name.clone(),
            limit,
            slots: self.slots(),
            lease_duration: options.lease,
            max_deliveries: options.max_deliveries,
        }
    }

    fn start(&mut self, deliveries: Vec<Delivery>) {
        let began = Instant::now();
        for delivery in deliveries {
            let worker = Worker::for_body(self.shared);
            let execution = CurrentExecution::new(delivery, worker, began);
            let task = tokio::spawn(run::run(execution.clone(), self.handler.clone()));
            self.running.insert(execution, task);
        }
        let early = std::mem::take(&mut self.early_signals);
        self.cancel(early);
        // `cancel` has put back the signals that match no run. They are stale now.
        self.early_signals.clear();
    }

    /// Releases executions that were claimed and not started.
    async fn give_back(&mut self, deliveries: Vec<Delivery>) {
        let leases = deliveries.iter().map(|delivery| delivery.lease);
        let released = leases.map(|lease| Settlement::new(lease, Outcome::Release));
        self.settlements.extend(released);
        self.settle_batch().await;
    }

    /// Sends all new settlements to the backend, and retries until it succeeds.
    pub(crate) async fn settle(&mut self) {
        self.shared.settlements.swap(&mut self.settlements);
        if !self.settlements.is_empty() {
            self.settle_batch().await;
        }
    }

    pub(crate) async fn settle_batch(&mut self) {
        for settlement in &self.settlements {
            self.running.remove(settlement.lease);
        }
        loop {
            match self.backend.settle(&self.settlements).await {
                // A fenced settlement belongs to a run whose lease was lost, so there is nothing left to do.
                Ok(_) => break,
                Err(error) => {
                    self.backend_failed("settle", &error).await;
                    if self.give_up_at.is_some_and(|end| Instant::now() >= end) {
                        break;
                    }
                }
            }
        }
        self.settlements.clear();
    }

    pub(crate) async fn renew(&mut self) {
        let leases = self.running.leases();
        let duration = self.shared.options.lease;
        match self
            .backend
            .renew(&self.shared.name, &leases, duration)
            .await
        {
            Ok(lost) => {
                for lease in lost {
                    if let Some(key) = self.running.stop(lease, StopReason::LeaseLost) {
                        tracing::warn!(%key, "lease lost: the run is stopped and fenced");
                    }
                }
            }
            Err(error) => self.backend_failed("renew", &error).await,
        }
    }

    /// Sets the timer of the next renewal while something is running. An idle worker has no timer.
    pub(crate) fn schedule_renewal(&mut self) {
        if self.running.is_empty() {
            self.renewal = None;
        } else if self.renewal.is_none() {
            // A third of the lease: one failed renewal can be retried in time.
            let next = Instant::now() + self.shared.options.lease / 3;
            self.renewal = Some(Box::pin(sleep_until(next)));
        }
    }

    pub(crate) async fn backend_failed(&self, operation: &str, error: &BackendError) {
        tracing::warn!(worker = %self.shared.name, %error, "cannot {operation}; retrying");
        sleep(BACKEND_RETRY_DELAY).await;
    }
}

/// Waits for the future, or forever if there is none.
pub(crate) async fn some<F: Future + Unpin>(future: Option<&mut F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}
