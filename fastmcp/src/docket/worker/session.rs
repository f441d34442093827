//! [`Shared`]: the state that the handles, the loop and the runs of one worker share.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use crate::docket::backend::contract::BoxFuture;
use crate::docket::error::DocketError;
use crate::docket::handle::Docket;
use crate::docket::model::key::Key;
use crate::docket::worker::options::WorkerOptions;
use crate::docket::worker::quotas::Quotas;
use crate::docket::worker::report::ShutdownReport;
use crate::docket::worker::settlement_buffer::SettlementBuffer;

/// Creates the future of the worker's loop. The builder provides this function, because importing the loop or the
/// handler here would close a cycle of modules.
pub(crate) type NewLoop = Box<dyn Fn(Arc<Shared>) -> BoxFuture<'static, ()> + Send + Sync>;

pub(crate) struct Shared {
    pub(crate) docket: Docket,
    pub(crate) name: Arc<str>,
    pub(crate) options: WorkerOptions,
    pub(crate) stop: CancellationToken,
    pub(crate) settlements: SettlementBuffer,
    /// Notified when the loop has to check its guards or its free slots again.
    pub(crate) changed: Notify,
    /// The number of bodies of this worker that wait in `run_until_finished`.
    pub(crate) waiting_bodies: watch::Sender<usize>,
    pub(crate) quotas: Quotas,
    /// The keys of the handler's automatic tasks.
    pub(crate) automatic: Vec<Key>,
    /// True once the present loop has submitted the automatic tasks.
    pub(crate) automatic_submitted: watch::Sender<bool>,
    new_loop: NewLoop,
    state: Mutex<LoopState>,
    report: watch::Sender<Option<ShutdownReport>>,
}

/// The number of guards that keep the loop alive, and whether the loop is running.
#[derive(Debug, Default)]
struct LoopState {
    guards: usize,
    is_running: bool,
}

impl Shared {
    pub(crate) fn new(
        docket: Docket,
        name: String,
        options: WorkerOptions,
        automatic: Vec<Key>,
        new_loop: NewLoop,
    ) -> Self {
        Self {
            // The worker itself belongs to no trace: each run has the trace of its own submission.
            docket: docket.with_trace(None),
            name: name.into(),
            options,
            stop: CancellationToken::new(),
            settlements: SettlementBuffer::default(),
            changed: Notify::new(),
            waiting_bodies: watch::Sender::new(0),
            quotas: Quotas::default(),
            automatic,
            automatic_submitted: watch::Sender::new(false),
            new_loop,
            state: Mutex::default(),
            report: watch::Sender::new(None),
        }
    }

    /// Keeps the loop alive until the guard is dropped. Starts the loop if it is not running.
    pub(crate) fn guard_loop(self: &Arc<Self>) -> Result<LoopGuard, DocketError> {
        if self.stop.is_cancelled() {
            return Err(self.stopped());
        }
        let mut state = self.state();
        state.guards += 1;
        if !state.is_running {
            state.is_running = true;
            self.automatic_submitted.send_replace(false);
            tokio::spawn((self.new_loop)(self.clone()));
        }
        drop(state);
        self.changed.notify_one();
        Ok(LoopGuard(self.clone()))
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state().is_running
    }

    /// Returns true if there is a guard, so that the loop should claim.
    pub(crate) fn is_wanted(&self) -> bool {
        self.state().guards > 0
    }

    /// Marks the loop as ended and returns true, unless a new guard needs it. The check and the change happen under
    /// one lock, so that `guard_loop` either finds this loop and keeps it, or starts a new one.
    pub(crate) fn try_end_loop(&self) -> bool {
        let mut state = self.state();
        if state.guards > 0 && !self.stop.is_cancelled() {
            return false;
        }
        state.is_running = false;
        true
    }

    /// Marks the loop as ended after its runtime, with all its runs, was dropped. The next loop sends the settlements
    /// that those runs have left in the buffer.
    pub(crate) fn loop_was_dropped(&self) {
        self.state().is_running = false;
    }

    pub(crate) fn send_report(&self, report: ShutdownReport) {
        self.report.send_replace(Some(report));
    }

    /// Waits until the worker has shut down.
    pub(crate) async fn shutdown_report(&self) -> ShutdownReport {
        let mut report = self.report.subscribe();
        // The sender is a field of `self`, so the channel stays open during the call.
        match report.wait_for(Option::is_some).await {
            Ok(report) => report.clone().unwrap_or_default(),
            Err(_) => ShutdownReport::default(),
        }
    }

    /// Frees the slot of a body that waits for other executions, until the guard is dropped. Otherwise a worker whose
    /// bodies all wait would never run the executions that they wait for.
    pub(crate) fn free_own_slot(self: &Arc<Self>) -> FreedSlot {
        self.waiting_bodies.send_modify(|waiting| *waiting += 1);
        self.changed.notify_one();
        FreedSlot(self.clone())
    }

    pub(crate) fn stopped(&self) -> DocketError {
        DocketError::Stopped {
            worker: self.name.to_string(),
        }
    }

    fn state(&self) -> MutexGuard<'_, LoopState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the loop of a worker alive.
pub(crate) struct LoopGuard(Arc<Shared>);

impl Drop for LoopGuard {
    fn drop(&mut self) {
        self.0.state().guards -= 1;
        self.0.changed.notify_one();
    }
}

/// Takes the slot of a waiting body back when it is dropped.
pub(crate) struct FreedSlot(Arc<Shared>);

impl Drop for FreedSlot {
    fn drop(&mut self) {
        self.0.waiting_bodies.send_modify(|waiting| *waiting -= 1);
        self.0.changed.notify_one();
    }
}

impl fmt::Debug for Shared {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Worker")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
