//! [`Job`]: the calls that wait for the next transaction.

use std::sync::{Arc, Weak};

use rusqlite::Result;
use tokio::sync::oneshot;

use crate::docket::backend::call::{Claim, Settlement};
use crate::docket::backend::sqlite::store::Store;
use crate::docket::error::BackendError;
use crate::docket::model::delivery::Delivery;
use crate::docket::model::outcome::Outcome;

/// A request of one caller to the next transaction.
pub(super) enum Job {
    /// One step, with its answer.
    Step(Box<dyn Step>),
    /// A claim. It waits until there is an execution for it.
    Claim(Sleeper),
    /// A timer has elapsed, or another process has sent a wake-up.
    Tick,
    /// The heartbeat for other processes.
    Heartbeat,
    /// This process closes the file.
    Leave,
}

/// A step of a transaction.
pub(super) trait Step: Send {
    fn apply(&mut self, store: &mut Store<'_>) -> Result<()>;

    /// Answers the caller, after the transaction was stored or has failed.
    fn finish(self: Box<Self>, result: std::result::Result<(), &BackendError>);
}

/// The reply to one call.
pub(super) type Reply<T> = oneshot::Sender<std::result::Result<T, BackendError>>;

/// A step as a closure.
pub(super) struct Call<F, T> {
    step: Option<F>,
    answer: Option<T>,
    reply: Reply<T>,
}

impl<F, T> Call<F, T>
where
    F: FnOnce(&mut Store<'_>) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(step: F, reply: Reply<T>) -> Self {
        Self {
            step: Some(step),
            answer: None,
            reply,
        }
    }
}

impl<F, T> Step for Call<F, T>
where
    F: FnOnce(&mut Store<'_>) -> Result<T> + Send + 'static,
    T: Send + 'static,
{
    fn apply(&mut self, store: &mut Store<'_>) -> Result<()> {
        if let Some(step) = self.step.take() {
            self.answer = Some(step(store)?);
        }
        Ok(())
    }

    fn finish(self: Box<Self>, result: std::result::Result<(), &BackendError>) {
        let answer = match (result, self.answer) {
            (Ok(()), Some(answer)) => Ok(answer),
            (Ok(()), None) => Err(BackendError::new("the call was not made")),
            (Err(error), _) => Err(error.clone()),
        };
        // An error means that the caller no longer waits.
        let _ = self.reply.send(answer);
    }
}

/// A claim that waits.
pub(super) struct Sleeper {
    pub(super) claim: Claim,
    pub(super) reply: Reply<Claimed>,
    /// The executions that the transaction has given it.
    pub(super) deliveries: Vec<Delivery>,
    /// Whether the worker counts it as a sleeping claim.
    pub(super) is_counted: bool,
}

/// The queue that takes back the executions of a dropped claim.
pub(super) trait GiveBack: Send + Sync {
    fn give_back(self: Arc<Self>, settlements: Vec<Settlement>);
}

/// The result of a claim. If the claim is dropped before it reads the result, the executions are released at once.
pub(super) struct Claimed {
    deliveries: Vec<Delivery>,
    queue: Weak<dyn GiveBack>,
}

impl Claimed {
    pub(super) fn new(deliveries: Vec<Delivery>, queue: &Arc<dyn GiveBack>) -> Self {
        Self {
            deliveries,
            queue: Arc::downgrade(queue),
        }
    }

    pub(super) fn take(mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.deliveries)
    }
}

impl Drop for Claimed {
    fn drop(&mut self) {
        if !self.deliveries.is_empty()
            && let Some(queue) = self.queue.upgrade()
        {
            let leases = self.deliveries.iter().map(|delivery| delivery.lease);
            queue.give_back(
                leases
                    .map(|lease| Settlement::new(lease, Outcome::Release))
                    .collect(),
            );
        }
    }
}
