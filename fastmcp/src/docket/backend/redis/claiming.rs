//! Claims. Each runs in a task of its own, so that dropping the caller's future loses no execution.

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

/// The longest time that a waiting worker sleeps. Each claim reports it as alive and finds work whose event was lost.
const MAX_SLEEP: Duration = Duration::from_secs(3);

/// The runs of an answered claim. Dropping it releases the runs that were not taken.
///
/// `oneshot::Sender::send` succeeds even if the receiver is dropped right afterwards. The runs are then dropped inside
/// the channel, and only this destructor sees it.
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
    let mut step = process.step("settle");
    for run in runs {
        codec::put_settlement(&mut step, &Settlement::new(run.lease, Outcome::Release));
    }
    if let Err(error) = process.run(&step).await {
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
            // The repeated answer to an earlier claim may exceed the present limit.
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
        // After a lost answer the same nonce is sent again, and Redis returns the runs of that answer. With a new nonce
        // they would wait for their leases to expire.
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
            // Marked as seen before Redis is asked: a wake-up during the request ends the sleep below at once.
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
                    // The claim may have taken effect although its answer was lost.
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

    /// Asks Redis once. Returns the claimed runs, or how long to sleep if there are none.
    async fn try_claim(&self, nonce: &str) -> Result<(Duration, Vec<Delivery>), BackendError> {
        let Claim {
            worker,
            limit,
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
            .arg(codec::span(max_sleep));
        let [pause, runs] = codec::parts(self.process.run(&step).await?)?;
        let pause = Duration::from_micros(codec::number(pause)?);
        let mut claimed = Vec::new();
        for run in codec::list(runs)? {
            claimed.push(codec::delivery(run)?);
        }
        Ok((pause, claimed))
    }

    /// Removes the worker from the sleepers. Redis passes a wake-up that was meant for it to another worker.
    async fn cancel_sleep(&self) {
        let step = self.process.step("cancel_sleep").arg(&*self.claim.worker);
        // Not retried: the entry expires by itself.
        if let Err(error) = self.process.commands.run(&step, Duration::ZERO).await {
            tracing::debug!(%error, "cannot deregister a dropped claim");
        }
    }
}
