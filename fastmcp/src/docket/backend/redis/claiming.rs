//! Claims. Each claim runs in its own tokio task, so that dropping the caller's future loses no execution.

use std::sync::{Arc, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::docket::backend::call::{Claim, Settlement};
use crate::docket::error::BackendError;
use crate::docket::model::delivery::Delivery;
use crate::docket::model::outcome::Outcome;

use crate::docket::backend::redis::codec;
use crate::docket::backend::redis::notifier::WakeCounters;
use crate::docket::backend::redis::process::Process;

/// The maximum time that a waiting worker sleeps between two claims. Each claim reports the worker as alive and finds
/// work whose event was lost.
const MAX_SLEEP: Duration = Duration::from_secs(3);

/// The runs that a claim has returned. Dropping it releases the runs that the caller has not taken.
///
/// `oneshot::Sender::send` succeeds even if the receiver is dropped right afterwards. The runs are then dropped
/// inside the channel, and only this destructor can release them.
struct ClaimedRuns {
    process: Arc<Process>,
    runs: Vec<Delivery>,
}

impl ClaimedRuns {
    fn take(mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.runs)
    }
}

impl Drop for ClaimedRuns {
    fn drop(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if let (false, Ok(runtime)) = (runs.is_empty(), Handle::try_current()) {
            runtime.spawn(release(self.process.clone(), runs));
        }
    }
}

async fn release(process: Arc<Process>, runs: Vec<Delivery>) {
    let releases: Vec<Settlement> = runs
        .into_iter()
        .map(|run| Settlement::new(run.lease, Outcome::Release))
        .collect();
    if let Err(error) = process.settle_all(&releases).await {
        tracing::warn!(%error, "cannot release claimed executions; they run again when their leases expire");
    }
}

/// Waits until the worker can run at least one execution, and claims up to its limit.
pub(crate) async fn claim(
    process: &Arc<Process>,
    claim: Claim,
) -> Result<Vec<Delivery>, BackendError> {
    let (answer, answered) = oneshot::channel();
    let limit = claim.limit;
    let task = ClaimTask {
        process: process.clone(),
        counters: process.notifier.counters(&claim.worker),
        claim,
    };
    tokio::spawn(task.run(answer));
    match answered.await {
        Ok(Ok(claimed)) => {
            let mut runs = claimed.take();
            // The repeated reply to an earlier claim may exceed the current limit.
            if runs.len() > limit {
                let surplus = runs.split_off(limit);
                tokio::spawn(release(process.clone(), surplus));
            }
            Ok(runs)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(BackendError::new("the runtime is shutting down")),
    }
}

struct ClaimTask {
    process: Arc<Process>,
    counters: Arc<WakeCounters>,
    claim: Claim,
}

impl ClaimTask {
    async fn run(self, mut answer: oneshot::Sender<Result<ClaimedRuns, BackendError>>) {
        let mut wakes = self.counters.work.subscribe();
        // After a lost reply, send the same nonce again: Redis then returns the runs of that reply. With a new nonce,
        // those runs would wait until their leases expire.
        let unanswered = self
            .counters
            .unanswered_claim
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let nonce = unanswered.unwrap_or_else(|| format!("{:016x}", fastrand::u64(..)));
        if let Err(error) = self.process.listen().await {
            let _ = answer.send(Err(error));
            return;
        }
        loop {
            // Mark as seen before the request, so that a wake-up during the request ends the sleep below at once.
            wakes.borrow_and_update();
            match self.try_claim(&nonce).await {
                Ok((_, runs)) if !runs.is_empty() => {
                    let process = self.process.clone();
                    let _ = answer.send(Ok(ClaimedRuns { process, runs }));
                    return;
                }
                Ok((pause, _)) => tokio::select! {
                    biased;
                    // The caller dropped its future.
                    () = answer.closed() => {
                        self.cancel_sleep().await;
                        return;
                    }
                    _ = wakes.changed() => {}
                    () = sleep(pause) => {}
                },
                Err(error) => {
                    // The claim may have taken effect even though its reply was lost.
                    *self
                        .counters
                        .unanswered_claim
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner) = Some(nonce);
                    let _ = answer.send(Err(error));
                    return;
                }
            }
        }
    }

    /// Sends one claim to Redis. Returns the claimed runs; if there are none, the first value is the time to sleep.
    async fn try_claim(&self, nonce: &str) -> Result<(Duration, Vec<Delivery>), BackendError> {
        let Claim {
            worker,
            limit,
            slots,
            lease_duration,
            max_deliveries,
        } = &self.claim;
        // A worker counts as alive for one lease, so it has to claim again well before that.
        let max_sleep = (*lease_duration / 3).min(MAX_SLEEP);
        let step = self
            .process
            .step("claim")
            .arg(&**worker)
            .arg(limit.to_string())
            .arg(codec::span(*lease_duration))
            .arg(max_deliveries.to_string())
            .arg(nonce)
            .arg(codec::span(max_sleep))
            .arg(slots.to_string());
        codec::claimed(self.process.run(&step).await?)
    }

    /// Removes the worker from the sleepers. Redis passes a wake-up that was sent to this worker to another one.
    async fn cancel_sleep(&self) {
        let step = self.process.step("cancel_sleep").arg(&*self.claim.worker);
        // Not retried: the entry expires by itself.
        if let Err(error) = self.process.commands.run(&step, Duration::ZERO).await {
            tracing::debug!(%error, "cannot deregister a dropped claim");
        }
    }
}
