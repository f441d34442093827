//! [`Worker`]: runs the executions of one docket.

use std::fmt;
use std::sync::Arc;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::docket::backend::call::{Condition, Target};
use crate::docket::error::{BackendError, DocketError};
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::worker::options::BACKEND_RETRY_DELAY;
use crate::docket::worker::report::ShutdownReport;
use crate::docket::worker::session::Shared;

/// Runs the executions of one docket. Cloning is cheap, and all clones refer to the same worker.
///
/// `run_forever` and `run_until_finished` may be called several times at once, also from a body that the worker runs.
/// All calls share one loop, which runs while there is at least one call. When the last call returns or is dropped,
/// the worker stops claiming, and running bodies continue to their end.
#[derive(Clone)]
pub struct Worker {
    pub(crate) shared: Arc<Shared>,
    /// True if this handle belongs to a body that this worker runs.
    pub(crate) inside: bool,
}

impl Worker {
    /// Returns the name of the worker.
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Returns the docket of the worker.
    pub fn docket(&self) -> &Docket {
        &self.shared.docket
    }

    /// Starts a shutdown: the worker stops claiming, waits up to its `shutdown_grace` for running bodies, and
    /// releases the unfinished runs.
    ///
    /// [`Worker::run_forever`] returns when the shutdown is complete.
    pub fn shutdown(&self) {
        self.shared.stop.cancel();
    }

    /// Returns whether the worker's loop runs: something runs the worker, and its runtime was not dropped.
    pub fn is_running(&self) -> bool {
        self.shared.is_running()
    }

    /// Returns the token that [`Worker::shutdown`] cancels.
    pub fn shutdown_token(&self) -> CancellationToken {
        self.shared.stop.clone()
    }

    /// Runs executions until the worker is [shut down](Worker::shutdown).
    ///
    /// # Errors
    /// [`DocketError::Stopped`] if the worker has already been shut down.
    pub fn run_forever(&self) -> BoxFuture<'_, Result<ShutdownReport, DocketError>> {
        async move {
            let guard = self.shared.guard_loop()?;
            let report = self.shared.shutdown_report().await;
            drop(guard);
            Ok(report)
        }
        .boxed()
    }

    /// Runs executions until none is scheduled, queued or running. Executions of automatic tasks do not count: they
    /// never end.
    ///
    /// A body of this worker may call this method. The call does not wait for that body or for other bodies that wait
    /// in this method, and it frees the body's slot for other executions. The method does not return while there is
    /// another perpetual task (see [`Worker::run_at_most`]), or while a paused docket or a struck task has pending
    /// executions. A body must not call it if another execution can only run after that body has ended, such as a
    /// replacement under its key, or the next execution under its concurrency limit.
    ///
    /// # Errors
    /// [`DocketError::Stopped`] if the worker is shut down first.
    pub fn run_until_finished(&self) -> BoxFuture<'_, Result<(), DocketError>> {
        self.run_until_only(&self.shared.automatic).boxed()
    }

    /// Runs executions until only those with the given keys are left.
    async fn run_until_only(&self, ignored: &[Key]) -> Result<(), DocketError> {
        let _guard = self.shared.guard_loop()?;
        let _slot = self.inside.then(|| self.shared.free_own_slot());
        let mut waiting_bodies = self.shared.waiting_bodies.subscribe();
        // The number of ignored executions only falls once the loop has submitted the automatic tasks.
        let mut submitted = self.shared.automatic_submitted.subscribe();
        tokio::select! {
            _ = submitted.wait_for(|submitted| *submitted) => {}
            () = self.shared.stop.cancelled() => return Err(self.shared.stopped()),
        }
        loop {
            let waiting = *waiting_bodies.borrow_and_update();
            let Ok(pending) = self.count_pending(ignored).await else {
                sleep(BACKEND_RETRY_DELAY).await;
                continue;
            };
            let own = if self.inside { waiting } else { 0 } + pending;
            tokio::select! {
                biased;
                answer = self.docket().backend().wait(Condition::PendingAtMost(own)) => match answer {
                    // The condition is out of date if another body began or ended to wait meanwhile.
                    Ok(()) if *waiting_bodies.borrow() == waiting => {
                        // An ignored execution may have ended meanwhile instead of another one.
                        if self.count_pending(ignored).await == Ok(pending) {
                            return Ok(());
                        }
                    }
                    Ok(()) => {}
                    Err(_) => sleep(BACKEND_RETRY_DELAY).await,
                },
                // The sender is a field of `shared`, so the channel stays open.
                _ = waiting_bodies.changed() => {}
                () = self.shared.stop.cancelled() => return Err(self.shared.stopped()),
            }
        }
    }

    /// Runs executions until all are finished, and runs each key in `runs` at most the given number of times. A
    /// perpetual task ends after that number of runs. Intended for tests.
    ///
    /// # Errors
    /// The errors of [`Worker::run_until_finished`].
    pub fn run_at_most(
        &self,
        runs: impl IntoIterator<Item = (Key, u32)>,
    ) -> BoxFuture<'_, Result<(), DocketError>> {
        self.run_limited(runs.into_iter().collect())
    }

    fn run_limited(&self, runs: Vec<(Key, u32)>) -> BoxFuture<'_, Result<(), DocketError>> {
        async move {
            let is_limited = |key: &Key| runs.iter().any(|(limited, _)| limited == key);
            let automatic = self.shared.automatic.iter();
            let ignored: Vec<Key> = automatic.filter(|key| !is_limited(key)).cloned().collect();
            let _limits = self.shared.quotas.limit(runs.into_iter().collect());
            self.run_until_only(&ignored).await
        }
        .boxed()
    }

    /// Returns the keys of the automatic tasks.
    pub(crate) fn automatic(&self) -> &[Key] {
        &self.shared.automatic
    }

    /// Returns the number of the given keys whose executions have not ended.
    async fn count_pending(&self, keys: &[Key]) -> Result<usize, BackendError> {
        let mut pending = 0;
        for key in keys {
            let record = self
                .docket()
                .backend()
                .find(&Target::Key(key.clone()))
                .await?;
            pending += usize::from(record.is_some_and(|record| !record.state.is_terminal()));
        }
        Ok(pending)
    }

    /// Creates the handle for a body that this worker runs.
    pub(crate) fn for_body(shared: &Arc<Shared>) -> Self {
        Self {
            shared: shared.clone(),
            inside: true,
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Worker({:?} on {:?})", self.name(), self.docket())
    }
}
