//! The loop of a worker: claims as long as there are slots, settles what has ended, renews, cancels, and sleeps.

use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::{Instant, Sleep, sleep, sleep_until};

use crate::docket::backend::call::{Claim, Claimed, Hold, Settlement};
use crate::docket::backend::contract::{Answer, Backend};
use crate::docket::delivery::{RunContext, Stop};
use crate::docket::error::BackendError;
use crate::docket::model::time::When;
use crate::docket::policy::Repeat;

use crate::docket::worker::handle::Worker;
use crate::docket::worker::panic_hook;
use crate::docket::worker::running::Running;
use crate::docket::worker::session::{BACKEND_PAUSE, Shared};

/// Works for as long as somebody has a seat, and until everything that runs has ended.
pub(crate) async fn run(shared: Arc<Shared>) {
    panic_hook::install_hook();
    let unexpected_end = UnexpectedEnd(&shared);
    let backend = shared.docket.backend().clone();
    submit_automatic_tasks(&shared).await;
    let mut engine = Engine {
        backend: &*backend,
        running: Running::default(),
        early_signals: Vec::new(),
        settlements: Vec::new(),
        renewal: None,
        patience: None,
        shared: &shared,
    };
    engine.work().await;
    // It has given its place up itself, and another loop may have it by now.
    std::mem::forget(unexpected_end);
}

/// Frees the place of a loop that ends with its runtime, so that another runtime may run the worker.
pub(crate) struct UnexpectedEnd<'a>(&'a Shared);

impl Drop for UnexpectedEnd<'_> {
    fn drop(&mut self) {
        self.0.loop_is_gone();
    }
}

pub(crate) struct Engine<'a> {
    pub(crate) shared: &'a Arc<Shared>,
    pub(crate) backend: &'a dyn Backend,
    pub(crate) running: Running,
    /// Cancellations of runs that are not here yet, or not any more: a signal may overtake the answer to a claim.
    early_signals: Vec<Hold>,
    /// Reused from batch to batch.
    pub(crate) settlements: Vec<Settlement>,
    /// Set while something runs.
    pub(crate) renewal: Option<Pin<Box<Sleep>>>,
    /// Until when a departing worker tries to reach its backend.
    pub(crate) patience: Option<Instant>,
}

/// What woke the loop.
enum Wake {
    Ended,
    Claimed(Result<Vec<Claimed>, BackendError>),
    Signalled(Result<Vec<Hold>, BackendError>),
    Renewal,
    Changed,
}

impl<'a> Engine<'a> {
    pub(crate) async fn work(&mut self) {
        let backend = self.backend;
        let shared = self.shared;
        let mut claim: Option<(usize, Answer<'a, Vec<Claimed>>)> = None;
        let mut signals = backend.signals(&shared.name);
        loop {
            self.settle().await;
            if shared.stop.is_cancelled() {
                drop(claim.take());
                self.depart(signals).await;
                return;
            }
            let wanted = shared.is_wanted();
            if !wanted {
                drop(claim.take());
                if self.running.is_empty() {
                    // First the leave, then the end: who comes in between finds this loop, which claims again, and
                    // not a leave that is said of its own worker.
                    self.leave().await;
                    if shared.may_end() {
                        return;
                    }
                    continue;
                }
            }
            let free = self.free_slots();
            // A body that has waited aside has its slot back: what was asked for may be too much now.
            claim = claim.filter(|(limit, _)| *limit <= free);
            if wanted && free > 0 && claim.is_none() {
                self.early_signals.clear();
                claim = Some((free, backend.claim(self.claim(free))));
            }
            self.keep_renewal();
            let wake = tokio::select! {
                biased;
                () = shared.inbox.filled() => Wake::Ended,
                claimed = some(claim.as_mut().map(|(_, answer)| answer)) => Wake::Claimed(claimed),
                holds = &mut signals => Wake::Signalled(holds),
                () = some(self.renewal.as_mut()) => Wake::Renewal,
                () = shared.changed.notified() => Wake::Changed,
                () = shared.stop.cancelled() => Wake::Changed,
            };
            match wake {
                // Others that are ready to end do so first: one batch for all of them.
                Wake::Ended => tokio::task::yield_now().await,
                Wake::Claimed(answer) => {
                    claim = None;
                    match answer {
                        Ok(claimed) => self.start(claimed),
                        Err(error) => self.backend_failed("claim", &error).await,
                    }
                }
                Wake::Signalled(answer) => {
                    match answer {
                        Ok(holds) => self.cancel(holds),
                        Err(error) => self.backend_failed("listen", &error).await,
                    }
                    signals = backend.signals(&shared.name);
                }
                Wake::Renewal => {
                    self.renewal = None;
                    self.renew().await;
                }
                Wake::Changed => {}
            }
        }
    }

    pub(crate) fn cancel(&mut self, holds: Vec<Hold>) {
        for hold in holds {
            if !self.running.cancel(hold, self.shared.options.cancel_grace) {
                self.early_signals.push(hold);
            }
        }
    }

    pub(crate) fn free_slots(&self) -> usize {
        let aside = *self.shared.aside.borrow();
        (self.shared.options.concurrency + aside).saturating_sub(self.running.len())
    }

    pub(crate) fn claim(&self, limit: usize) -> Claim {
        let options = &self.shared.options;
        Claim {
            worker: self.shared.name.clone(),
            limit,
            lease: options.lease,
            max_deliveries: options.max_deliveries,
        }
    }

    pub(crate) fn start(&mut self, claimed: Vec<Claimed>) {
        let began = Instant::now();
        for claimed in claimed {
            let worker = Worker::for_inside(self.shared);
            let context = Arc::new(RunContext::new(claimed, worker, began));
            let task = tokio::spawn(crate::docket::worker::run::run(context.clone()));
            self.running.insert(context, task);
        }
        let early = std::mem::take(&mut self.early_signals);
        self.cancel(early);
        self.early_signals.clear();
    }

    /// Tells the backend of everything that has ended, and does not give up before it has heard.
    pub(crate) async fn settle(&mut self) {
        self.shared.inbox.swap(&mut self.settlements);
        if !self.settlements.is_empty() {
            self.settle_batch().await;
        }
    }

    pub(crate) async fn settle_batch(&mut self) {
        for settlement in &self.settlements {
            self.running.ended(settlement.hold);
        }
        loop {
            match self.backend.settle(&self.settlements).await {
                Ok(_) => break,
                Err(error) => {
                    self.backend_failed("settle", &error).await;
                    if self.is_out_of_patience() {
                        break;
                    }
                }
            }
        }
        self.settlements.clear();
    }

    pub(crate) fn is_out_of_patience(&self) -> bool {
        self.patience.is_some_and(|until| Instant::now() >= until)
    }

    pub(crate) async fn renew(&mut self) {
        let holds = self.running.holds();
        let lease = self.shared.options.lease;
        match self.backend.renew(&self.shared.name, &holds, lease).await {
            Ok(lost) => {
                for hold in lost {
                    if let Some(key) = self.running.stop(hold, Stop::Lost) {
                        tracing::warn!(%key, "lease lost: the run is stopped and fenced");
                    }
                }
            }
            Err(error) => self.backend_failed("renew", &error).await,
        }
    }

    /// Renewal is timed only while something runs: an idle worker has no timer.
    pub(crate) fn keep_renewal(&mut self) {
        if self.running.is_empty() {
            self.renewal = None;
        } else if self.renewal.is_none() {
            let next = Instant::now() + self.shared.options.lease / 3;
            self.renewal = Some(Box::pin(sleep_until(next)));
        }
    }

    pub(crate) async fn backend_failed(&self, what: &str, error: &BackendError) {
        tracing::warn!(worker = %self.shared.name, %error, "cannot {what}; trying again");
        sleep(BACKEND_PAUSE).await;
    }
}

/// Starts the perpetual tasks that are to run by themselves, each unless its key is in use.
pub(crate) async fn submit_automatic_tasks(shared: &Shared) {
    for mut submission in shared.handler.automatic() {
        let task = submission.task.clone();
        if let Some(Repeat::Cron(cron)) = shared
            .handler
            .policy(&task)
            .and_then(|policy| policy.repeat.as_ref())
            && submission.when == When::Now
        {
            let Ok(now) = shared.docket.backend().now().await else {
                continue;
            };
            match cron.next_after(now) {
                Some(next) => submission = submission.when(When::At(next)),
                None => continue,
            }
        }
        if let Err(error) = shared.docket.submit(submission).await {
            tracing::error!(%task, %error, "an automatic task could not be started");
        }
    }
}

/// The future's output, or nothing ever when there is none.
pub(crate) async fn some<F: Future + Unpin>(future: Option<&mut F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}
