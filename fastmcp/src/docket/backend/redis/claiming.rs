//! Claims. Each is a task of its own, so that a call that is dropped takes nothing with it.

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
use crate::docket::backend::redis::node::Node;
use crate::docket::backend::redis::notifier::Bell;

/// A worker that sleeps is heard of this often at least, and finds what it was not told of.
const HEARTBEAT: Duration = Duration::from_secs(3);

/// What a claim hands over: whoever drops it unread gives the runs back.
struct Unread {
    node: Arc<Node>,
    runs: Vec<Delivery>,
}

impl Unread {
    fn take(mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.runs)
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let runs = std::mem::take(&mut self.runs);
        if let (false, Ok(runtime)) = (runs.is_empty(), Handle::try_current()) {
            runtime.spawn(hand_back(self.node.clone(), runs));
        }
    }
}

async fn hand_back(node: Arc<Node>, runs: Vec<Delivery>) {
    let mut step = node.step("settle");
    for run in runs {
        codec::put_settlement(&mut step, &Settlement::new(run.lease, Outcome::Release));
    }
    if let Err(error) = node.run(&step).await {
        tracing::warn!(%error, "what nobody took could not be handed back; its lease will tell");
    }
}

pub(crate) async fn claim(node: &Arc<Node>, claim: Claim) -> Result<Vec<Delivery>, BackendError> {
    let (answer, answered) = oneshot::channel();
    let limit = claim.limit;
    let task = Claiming {
        node: node.clone(),
        bell: node.hub.bell(&claim.worker),
        claim,
    };
    tokio::spawn(task.work(answer));
    match answered.await {
        Ok(Ok(delivery)) => {
            let mut runs = delivery.take();
            // An answer to an earlier claim may be more than is wanted now.
            if runs.len() > limit {
                let surplus = runs.split_off(limit);
                tokio::spawn(hand_back(node.clone(), surplus));
            }
            Ok(runs)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(BackendError::new("the runtime is shutting down")),
    }
}

struct Claiming {
    node: Arc<Node>,
    bell: Arc<Bell>,
    claim: Claim,
}

impl Claiming {
    async fn work(self, mut answer: oneshot::Sender<Result<Unread, BackendError>>) {
        let mut rings = self.bell.work.subscribe();
        let unanswered = self
            .bell
            .unanswered
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let nonce = unanswered.unwrap_or_else(|| format!("{:016x}", fastrand::u64(..)));
        if let Err(error) = self.node.listen().await {
            let _ = answer.send(Err(error));
            return;
        }
        loop {
            rings.borrow_and_update();
            match self.ask(&nonce).await {
                Ok((_, runs)) if !runs.is_empty() => {
                    let node = self.node.clone();
                    let _ = answer.send(Ok(Unread { node, runs }));
                    return;
                }
                Ok((pause, _)) => tokio::select! {
                    biased;
                    () = answer.closed() => {
                        self.get_up().await;
                        return;
                    }
                    _ = rings.changed() => {}
                    () = sleep(pause) => {}
                },
                Err(error) => {
                    // It may have been carried out all the same.
                    *self
                        .bell
                        .unanswered
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner) = Some(nonce);
                    let _ = answer.send(Err(error));
                    return;
                }
            }
        }
    }

    /// What there is, or how long to sleep.
    async fn ask(&self, nonce: &str) -> Result<(Duration, Vec<Delivery>), BackendError> {
        let Claim {
            worker,
            limit,
            lease_duration: lease,
            max_deliveries,
        } = &self.claim;
        let heartbeat = (*lease / 3).min(HEARTBEAT);
        let step = self
            .node
            .step("claim")
            .arg(&**worker)
            .arg(limit.to_string())
            .arg(codec::span(*lease))
            .arg(max_deliveries.to_string())
            .arg(nonce)
            .arg(codec::span(heartbeat));
        let [pause, runs] = codec::parts(self.node.run(&step).await?)?;
        let pause = Duration::from_micros(codec::number(pause)?);
        let mut claimed = Vec::new();
        for run in codec::list(runs)? {
            claimed.push(codec::delivery(run)?);
        }
        Ok((pause, claimed))
    }

    async fn get_up(&self) {
        let step = self.node.step("unsleep").arg(&*self.claim.worker);
        if let Err(error) = self.node.link.run(&step, Duration::ZERO).await {
            tracing::debug!(%error, "a claim was dropped, and Redis could not be told");
        }
    }
}
