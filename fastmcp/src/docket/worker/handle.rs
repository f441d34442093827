//! [`Worker`]: runs the executions of one docket.

use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::docket::worker::builder::WorkerBuilder;
use crate::docket::worker::session::Shared;

use crate::docket::backend::call::Condition;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::handler::Handler;
use crate::docket::model::key::Key;

/// Runs the executions of one docket. Cheap to clone; all clones are the same worker.
///
/// `run_forever` and `run_until_finished` may be called at the same time, from several places, also from inside a
/// body that the worker runs: there is one loop behind all of them, and it lives as long as one of the calls does.
/// Dropping such a call stops the claiming when it was the last; what runs goes on to its end.
#[derive(Clone)]
pub struct Worker {
    pub(crate) shared: Arc<Shared>,
    /// Whether this handle was given to a body that the worker itself runs.
    pub(crate) inside: bool,
}

/// What a worker left behind when it was shut down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parting {
    /// The runs that were stopped and given back: another worker takes them at once.
    pub handed_back: Vec<Key>,
    /// The runs that did not stop, because their bodies block: they are delivered again once their leases run out.
    pub abandoned: Vec<Key>,
}

impl Worker {
    /// A worker for `docket` that runs what `handler` knows.
    pub fn builder(docket: &Docket, handler: Arc<dyn Handler>) -> WorkerBuilder {
        WorkerBuilder::new(docket, handler)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The docket that it works for.
    pub fn docket(&self) -> &Docket {
        &self.shared.docket
    }

    /// Asks it to stop: it claims nothing more, lets what runs finish within the grace, and hands the rest back.
    ///
    /// [`Worker::run_forever`] returns when that is done.
    pub fn shutdown(&self) {
        self.shared.stop.cancel();
    }

    /// The token behind [`Worker::shutdown`].
    pub fn shutdown_token(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    /// Works until it is [shut down](Worker::shutdown), and says what it left behind.
    ///
    /// # Errors
    /// [`DocketError::Stopped`] when it was shut down before.
    pub async fn run_forever(&self) -> Result<Parting, DocketError> {
        let seat = self.shared.take_seat()?;
        let parting = self.shared.parting().await;
        drop(seat);
        Ok(parting)
    }

    /// Works until nothing is scheduled, queued or running.
    ///
    /// Called from inside a body that this worker runs, it does not wait for that body, nor for others that wait here
    /// as well; and while it waits, its slot is free for others. A perpetual task keeps it from ever finishing: see
    /// [`Worker::run_at_most`]. So do a paused docket and a struck task, and what can only run once that very body has
    /// ended: a replacement of its key, or what waits for its place under a concurrency limit.
    ///
    /// # Errors
    /// [`DocketError::Stopped`] when the worker is shut down before everything is finished.
    pub async fn run_until_finished(&self) -> Result<(), DocketError> {
        let _seat = self.shared.take_seat()?;
        let _aside = self.inside.then(|| self.shared.step_aside());
        let mut aside = self.shared.aside.subscribe();
        loop {
            let others = *aside.borrow_and_update();
            let waiting = if self.inside { others } else { 0 };
            tokio::select! {
                biased;
                answer = self.docket().backend().wait(Condition::PendingAtMost(waiting)) => match answer {
                    Ok(()) if *aside.borrow() == others => return Ok(()),
                    Ok(()) => {}
                    Err(_) => tokio::time::sleep(crate::docket::worker::session::BACKEND_PAUSE).await,
                },
                // The sender lives in `shared`.
                _ = aside.changed() => {}
                () = self.shared.stop.cancelled() => return Err(self.shared.stopped()),
            }
        }
    }

    /// Works until everything is finished, running each of these keys no more often than told: so often a perpetual
    /// task runs, and then ends. Meant for tests.
    ///
    /// # Errors
    /// As [`Worker::run_until_finished`].
    pub async fn run_at_most(
        &self,
        runs: impl IntoIterator<Item = (Key, u32)>,
    ) -> Result<(), DocketError> {
        let _limits = Quotas::set(&self.shared, runs.into_iter().collect());
        self.run_until_finished().await
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The handle for a body that this worker runs.
    pub(crate) fn for_inside(shared: &Arc<Shared>) -> Self {
        Self {
            shared: shared.clone(),
            inside: true,
        }
    }
}

/// Limits how often keys run, for as long as a call wants it.
pub(crate) struct Quotas<'a> {
    shared: &'a Shared,
    keys: Vec<Key>,
}

impl<'a> Quotas<'a> {
    pub(crate) fn set(shared: &'a Shared, quotas: HashMap<Key, u32>) -> Self {
        let keys = quotas.keys().cloned().collect();
        let mut all = shared.quotas.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(quotas);
        shared.has_quotas.store(true, Ordering::Release);
        drop(all);
        Self { shared, keys }
    }
}

impl Drop for Quotas<'_> {
    fn drop(&mut self) {
        let mut all = self
            .shared
            .quotas
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        all.retain(|key, _| !self.keys.contains(key));
        self.shared
            .has_quotas
            .store(!all.is_empty(), Ordering::Release);
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Worker({:?} on {:?})", self.name(), self.docket())
    }
}
