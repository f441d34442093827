//! [`CurrentExecution`]: the view that a body has of its own execution, with the handles to its worker and docket.

mod detached;
pub(crate) mod drive;
pub(crate) mod handles;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::docket::handle::Docket;
use crate::docket::model::delivery::{Delivery, Lease};
use crate::docket::model::envelope::Opened;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::submission::TraceContext;
use crate::docket::model::suspension::Suspension;
use crate::docket::model::time::{Timestamp, When};
use crate::docket::progress::Progress;
use crate::docket::steps::Steps;
use crate::docket::worker::handle::Worker;

/// The execution that is running. A [`Handler`](crate::docket::handler::Handler) receives it, and a `#[task]` can
/// take it as a parameter. Cloning is cheap.
#[derive(Clone)]
pub struct CurrentExecution {
    run: Arc<Run>,
}

/// A delivery, and the state of its run. The parts that most bodies never use are created on first use, because a
/// worker can run hundreds of thousands of bodies per second.
struct Run {
    delivery: Delivery,
    worker: Worker,
    began: Instant,
    /// Set once the envelope is open.
    payload: OnceLock<Bytes>,
    trace: OnceLock<TraceContext>,
    cancellation: OnceLock<CancellationToken>,
    progress: OnceLock<Progress>,
    deadline: Mutex<Option<Instant>>,
    next: Mutex<NextPlan>,
    stop: OnceLock<StopReason>,
    steps: OnceLock<Steps>,
    /// Wakes the task that drives the body.
    driver: AtomicWaker,
    suspension: Mutex<Option<Suspension>>,
}

/// The reason why a worker stops a body that has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StopReason {
    /// The execution was cancelled.
    Cancelled,
    /// The worker shuts down, and the grace period is over.
    ShuttingDown,
    /// The lease was lost, so the settlement of this run will be rejected.
    LeaseLost,
}

/// The changes to the next run that the body has requested.
#[derive(Debug, Clone, Default)]
pub(crate) struct NextPlan {
    pub(crate) stop: bool,
    pub(crate) when: Option<When>,
    pub(crate) payload: Option<Bytes>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl CurrentExecution {
    pub(crate) fn new(delivery: Delivery, worker: Worker, began: Instant) -> Self {
        Self {
            run: Arc::new(Run {
                delivery,
                worker,
                began,
                payload: OnceLock::new(),
                trace: OnceLock::new(),
                cancellation: OnceLock::new(),
                progress: OnceLock::new(),
                deadline: Mutex::default(),
                next: Mutex::default(),
                stop: OnceLock::new(),
                steps: OnceLock::new(),
                driver: AtomicWaker::new(),
                suspension: Mutex::default(),
            }),
        }
    }

    /// Adds the contents of the envelope, and starts the timeout.
    pub(crate) fn prepare(&self, opened: Opened, timeout: Option<Duration>) {
        let _ = self.run.payload.set(opened.payload);
        if let Some(trace) = opened.trace {
            let _ = self.run.trace.set(trace);
        }
        if let Some(timeout) = timeout {
            *lock(&self.run.deadline) = Instant::now().checked_add(timeout);
        }
    }

    pub(crate) fn lease(&self) -> Lease {
        self.run.delivery.lease
    }

    pub(crate) fn envelope(&self) -> &Bytes {
        &self.run.delivery.envelope
    }

    pub(crate) fn began(&self) -> Instant {
        self.run.began
    }

    /// Stores the reason and cancels the token. Only the first reason is kept.
    pub(crate) fn request_stop(&self, reason: StopReason) {
        let _ = self.run.stop.set(reason);
        self.token().cancel();
    }

    pub(crate) fn stop_reason(&self) -> Option<StopReason> {
        self.run.stop.get().copied()
    }

    pub(crate) fn token(&self) -> &CancellationToken {
        self.run.cancellation.get_or_init(CancellationToken::new)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        *lock(&self.run.deadline)
    }

    pub(crate) fn next_plan(&self) -> NextPlan {
        lock(&self.run.next).clone()
    }

    pub(crate) fn worker_ref(&self) -> &Worker {
        &self.run.worker
    }

    /// Returns the time between the due time and the claim.
    #[cfg(feature = "telemetry")]
    pub(crate) fn lateness(&self) -> Duration {
        let delivery = &self.run.delivery;
        delivery.claimed.since(delivery.due)
    }

    /// Estimates the backend's current time: the time of the claim, plus the time since then on the local clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.run.delivery.claimed + self.run.began.elapsed()
    }

    /// Returns the submitted JSON document.
    pub fn payload(&self) -> &Bytes {
        // The payload is always set here: handlers only receive executions whose envelope is open.
        self.run.payload.get_or_init(Bytes::new)
    }

    /// Returns the note, as of the start of this run.
    pub fn note(&self) -> Option<&Bytes> {
        self.run.delivery.note.as_ref()
    }

    /// Returns the key.
    pub fn key(&self) -> &Key {
        &self.run.delivery.key
    }

    /// Returns the name of the task.
    pub fn task(&self) -> &Name {
        &self.run.delivery.task
    }

    /// Returns the number of this attempt, from 1. The attempts before it failed.
    pub fn attempt(&self) -> u32 {
        self.run.delivery.attempt
    }

    /// Returns the number of this delivery within the attempt, from 1. If the number is greater than 1, the workers
    /// of the earlier deliveries were lost, and the work may be half done.
    pub fn delivery(&self) -> u32 {
        self.run.delivery.delivery
    }

    /// Returns a number that increases with every claim in the docket: a later run of the same execution or key has a
    /// greater one. A store that remembers the greatest token can reject late writes of a run that has lost its lease.
    /// Executions that a worker has claimed together can have the same number.
    pub fn fencing_token(&self) -> u64 {
        self.run.delivery.lease.token
    }

    /// Returns the due time.
    pub fn due(&self) -> SystemTime {
        self.run.delivery.due.into()
    }

    /// Returns the trace of the submission.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.run.trace.get()
    }

    /// Returns the docket of the execution. Submissions through this handle belong to the trace of this run, and can be
    /// [cancelled with this execution](crate::docket::Submission::cancel_with_parent).
    pub fn docket(&self) -> Docket {
        let docket = self.run.worker.docket().clone().in_run(self.lease().id);
        docket.with_trace(self.run.trace.get().cloned())
    }

    /// Returns the worker of this run. [`run_until_finished`](Worker::run_until_finished) on this handle does not
    /// wait for this run.
    pub fn worker(&self) -> Worker {
        self.run.worker.clone()
    }

    /// Returns the handle to report progress.
    pub fn progress(&self) -> Progress {
        let new = || {
            let docket = self.run.worker.docket().clone();
            Progress::for_run(docket, self.lease(), self.key().clone())
        };
        self.run.progress.get_or_init(new).clone()
    }

    /// Returns a token that is cancelled when the body should stop: the execution was cancelled, its lease was lost,
    /// its timeout has passed, or the worker's grace period for a shutdown is over. A body that was cancelled and
    /// does not stop within the worker's `cancel_grace` is dropped at its next `.await`. In the other cases the body
    /// is dropped at its next `.await` without a grace period.
    pub fn cancellation(&self) -> CancellationToken {
        self.token().clone()
    }
}

impl fmt::Debug for CurrentExecution {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("CurrentExecution")
            .field("key", self.key())
            .field("task", self.task())
            .field("attempt", &self.attempt())
            .field("delivery", &self.delivery())
            .finish_non_exhaustive()
    }
}
