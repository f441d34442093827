//! One run, as its body sees it, and the handles that a body can be given.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Docket;
use super::backend::{Claimed, Hold, Settled};
use super::error::DocketError;
use super::name::{Key, Name};
use super::progress::ProgressReport;
use super::submission::TraceContext;
use super::time::{Timestamp, When};
use super::worker::Worker;

/// One run handed to a [`Handler`](super::Handler): the payload, and every handle that a body may ask for.
#[derive(Debug, Clone)]
pub struct Delivery {
    payload: Bytes,
    run: Arc<RunContext>,
}

/// What all handles of one run share.
#[derive(Debug)]
pub(crate) struct RunContext {
    pub(super) claimed: Claimed,
    pub(super) worker: Worker,
    pub(super) began: Instant,
    trace: OnceLock<TraceContext>,
    cancellation: OnceLock<CancellationToken>,
    progress: Mutex<ProgressReport>,
    deadline: Mutex<Option<Instant>>,
    next: Mutex<NextPlan>,
    stop: OnceLock<Stop>,
}

/// Why a worker drops a body that has not ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It was cancelled.
    Cancel,
    /// The worker shuts down.
    HandBack,
    /// The lease was lost: nothing that this run says counts any more.
    Lost,
}

/// What a body has decided about the run after it.
#[derive(Debug, Clone, Default)]
pub(super) struct NextPlan {
    pub(super) stop: bool,
    pub(super) when: Option<When>,
    pub(super) payload: Option<Bytes>,
}

impl RunContext {
    pub(super) fn new(claimed: Claimed, worker: Worker, began: Instant) -> Self {
        Self {
            claimed,
            worker,
            began,
            trace: OnceLock::new(),
            cancellation: OnceLock::new(),
            progress: Mutex::default(),
            deadline: Mutex::default(),
            next: Mutex::default(),
            stop: OnceLock::new(),
        }
    }

    /// What is known once the envelope is open.
    pub(super) fn prepare(&self, trace: Option<TraceContext>, timeout: Option<Duration>) {
        if let Some(trace) = trace {
            let _ = self.trace.set(trace);
        }
        if let Some(timeout) = timeout {
            *lock(&self.deadline) = Instant::now().checked_add(timeout);
        }
    }

    pub(super) fn hold(&self) -> Hold {
        self.claimed.hold
    }

    pub(super) fn cancellation(&self) -> &CancellationToken {
        // Made when it is first asked for: most bodies never look.
        self.cancellation.get_or_init(CancellationToken::new)
    }

    /// Has the body stop, for the first reason that is given.
    pub(super) fn ask_to_stop(&self, stop: Stop) {
        let _ = self.stop.set(stop);
        self.cancellation().cancel();
    }

    pub(super) fn stop(&self) -> Option<Stop> {
        self.stop.get().copied()
    }

    pub(super) fn trace(&self) -> Option<&TraceContext> {
        self.trace.get()
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        *lock(&self.deadline)
    }

    pub(super) fn next(&self) -> NextPlan {
        lock(&self.next).clone()
    }

    /// The backend's clock, as far as it can be told from here.
    pub(super) fn now(&self) -> Timestamp {
        self.claimed.now + self.began.elapsed()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Delivery {
    pub(super) fn new(payload: Bytes, run: Arc<RunContext>) -> Self {
        Self { payload, run }
    }

    /// The JSON document that was submitted.
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// What is run, and the how-manieth time.
    pub fn execution(&self) -> CurrentExecution {
        CurrentExecution {
            run: self.run.clone(),
        }
    }

    /// The docket that the execution came from.
    pub fn docket(&self) -> Docket {
        self.run.worker.docket().clone()
    }

    /// The worker that runs it. Its [`run_until_finished`](Worker::run_until_finished) does not wait for this run.
    pub fn worker(&self) -> Worker {
        self.run.worker.clone()
    }

    /// Tells others how far the run has come.
    pub fn progress(&self) -> Progress {
        Progress {
            run: self.run.clone(),
        }
    }

    /// Cancelled when the run is to stop: somebody cancelled it, or its lease was lost, or the worker shuts down and
    /// its grace is over. What has not stopped a while later is dropped at its next `.await`.
    pub fn cancellation(&self) -> CancellationToken {
        self.run.cancellation().clone()
    }

    /// The run's time-out, which can be extended.
    pub fn time_limit(&self) -> TimeLimit {
        TimeLimit {
            run: self.run.clone(),
        }
    }

    /// The run after this one, where the task is perpetual.
    pub fn next_run(&self) -> NextRun {
        NextRun {
            run: self.run.clone(),
        }
    }
}

/// What is run, and the how-manieth time. Cheap to clone.
#[derive(Clone)]
pub struct CurrentExecution {
    run: Arc<RunContext>,
}

impl CurrentExecution {
    /// The key.
    pub fn key(&self) -> &Key {
        &self.run.claimed.key
    }

    /// The task.
    pub fn task(&self) -> &Name {
        &self.run.claimed.task
    }

    /// Which attempt this is, from 1: the ones before it failed.
    pub fn attempt(&self) -> u32 {
        self.run.claimed.attempt
    }

    /// Which delivery of this attempt, from 1: the ones before it were lost with their workers. Work may have been
    /// half done when this is above 1.
    pub fn delivery(&self) -> u32 {
        self.run.claimed.delivery
    }

    /// A number that rises with every run of the whole docket. A store that remembers the greatest it has seen can
    /// refuse the late writes of a run that has lost its lease.
    pub fn fencing_token(&self) -> u64 {
        self.run.claimed.hold.token
    }

    /// When it was due.
    pub fn due(&self) -> SystemTime {
        self.run.claimed.due.into()
    }

    /// The trace under which it was asked for.
    pub fn trace(&self) -> Option<&TraceContext> {
        self.run.trace()
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

/// Tells others how far a run has come. Cheap to clone; all clones tell of the same run.
///
/// Every call fails with [`DocketError::Fenced`] once the run has lost its lease.
#[derive(Debug, Clone)]
pub struct Progress {
    run: Arc<RunContext>,
}

impl Progress {
    /// How many steps there are.
    pub async fn set_total(&self, total: u64) -> Result<(), DocketError> {
        self.change(|report| report.total = Some(total)).await
    }

    /// So many steps more are done.
    pub async fn increment(&self, steps: u64) -> Result<(), DocketError> {
        self.change(|report| report.done = report.done.saturating_add(steps))
            .await
    }

    /// What is being done now.
    pub async fn set_message(&self, message: impl Into<String>) -> Result<(), DocketError> {
        let message = message.into();
        self.change(|report| report.message = Some(message)).await
    }

    /// What was told so far.
    pub fn report(&self) -> ProgressReport {
        lock(&self.run.progress).clone()
    }

    async fn change(&self, change: impl FnOnce(&mut ProgressReport)) -> Result<(), DocketError> {
        let report = {
            let mut report = lock(&self.run.progress);
            change(&mut report);
            report.clone()
        };
        let backend = self.run.worker.docket().backend();
        match backend.report(self.run.hold(), report).await? {
            Settled::Done(_) => Ok(()),
            Settled::Fenced => Err(DocketError::Fenced {
                key: self.run.claimed.key.clone(),
            }),
        }
    }
}

/// The time-out of a run.
#[derive(Debug, Clone)]
pub struct TimeLimit {
    run: Arc<RunContext>,
}

impl TimeLimit {
    /// Moves the end of the run's time later by `more`. Does nothing for a run without a time-out.
    pub fn extend(&self, more: Duration) {
        if let Some(deadline) = &mut *lock(&self.run.deadline) {
            *deadline = deadline.checked_add(more).unwrap_or(*deadline);
        }
    }

    /// What is left; `None` for a run without a time-out.
    pub fn remaining(&self) -> Option<Duration> {
        let deadline = self.run.deadline()?;
        Some(deadline.saturating_duration_since(Instant::now()))
    }
}

/// The run after the present one, of a perpetual task. Without a word the policy decides.
#[derive(Debug, Clone)]
pub struct NextRun {
    run: Arc<RunContext>,
}

impl NextRun {
    /// There is none: the execution completes with this run.
    pub fn stop(&self) {
        lock(&self.run.next).stop = true;
    }

    /// It is due so long after the end of this run.
    pub fn after(&self, delay: Duration) {
        lock(&self.run.next).when = Some(When::After(delay));
    }

    /// It is due at this time.
    pub fn at(&self, time: SystemTime) {
        lock(&self.run.next).when = Some(When::At(time.into()));
    }

    /// It is given this payload, one JSON document, instead of the present one.
    pub fn payload(&self, payload: impl Into<Bytes>) {
        lock(&self.run.next).payload = Some(payload.into());
    }
}
