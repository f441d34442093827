//! One run, as its body sees it.

pub(crate) mod handles;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::docket::backend::call::{Claimed, Hold};
use crate::docket::backend::contract::Backend;
use crate::docket::handle::Docket;
use crate::docket::model::key::{Key, Name};
use crate::docket::model::submission::TraceContext;
use crate::docket::model::time::{Timestamp, When};
use crate::docket::progress::{Progress, ProgressReport};
use crate::docket::worker::handle::Worker;

pub use crate::docket::delivery::handles::{NextRun, TimeLimit};

/// One run handed to a [`Handler`](crate::docket::handler::Handler): the payload, and every handle that a body may ask for.
#[derive(Debug, Clone)]
pub struct Delivery {
    payload: Bytes,
    run: Arc<RunContext>,
}

/// What all handles of one run share.
#[derive(Debug)]
pub(crate) struct RunContext {
    pub(crate) claimed: Claimed,
    pub(crate) worker: Worker,
    pub(crate) began: Instant,
    trace: OnceLock<TraceContext>,
    cancellation: OnceLock<CancellationToken>,
    progress: Mutex<ProgressReport>,
    deadline: Mutex<Option<Instant>>,
    next: Mutex<NextPlan>,
    stop: OnceLock<Stop>,
}

/// Why a worker drops a body that has not ended by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It was cancelled.
    Cancel,
    /// The worker shuts down.
    HandBack,
    /// The lease was lost: nothing that this run says counts any more.
    Lost,
}

/// What a body has decided about the run after it.
#[derive(Debug, Clone, Default)]
pub(crate) struct NextPlan {
    pub(crate) stop: bool,
    pub(crate) when: Option<When>,
    pub(crate) payload: Option<Bytes>,
}

impl RunContext {
    pub(crate) fn new(claimed: Claimed, worker: Worker, began: Instant) -> Self {
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
    pub(crate) fn prepare(&self, trace: Option<TraceContext>, timeout: Option<Duration>) {
        if let Some(trace) = trace {
            let _ = self.trace.set(trace);
        }
        if let Some(timeout) = timeout {
            *lock(&self.deadline) = Instant::now().checked_add(timeout);
        }
    }

    pub(crate) fn hold(&self) -> Hold {
        self.claimed.hold
    }

    pub(crate) fn cancellation(&self) -> &CancellationToken {
        // Made when it is first asked for: most bodies never look.
        self.cancellation.get_or_init(CancellationToken::new)
    }

    /// Has the body stop, for the first reason that is given.
    pub(crate) fn ask_to_stop(&self, stop: Stop) {
        let _ = self.stop.set(stop);
        self.cancellation().cancel();
    }

    pub(crate) fn stop(&self) -> Option<Stop> {
        self.stop.get().copied()
    }

    pub(crate) fn trace(&self) -> Option<&TraceContext> {
        self.trace.get()
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        *lock(&self.deadline)
    }

    pub(crate) fn next(&self) -> NextPlan {
        lock(&self.next).clone()
    }

    pub(crate) fn progress(&self) -> MutexGuard<'_, ProgressReport> {
        lock(&self.progress)
    }

    pub(crate) fn backend(&self) -> &dyn Backend {
        self.worker.docket().backend().as_ref()
    }

    pub(crate) fn key(&self) -> &Key {
        &self.claimed.key
    }

    /// The backend's clock, as far as it can be told from here.
    pub(crate) fn now(&self) -> Timestamp {
        self.claimed.now + self.began.elapsed()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Delivery {
    pub(crate) fn new(payload: Bytes, run: Arc<RunContext>) -> Self {
        Self { payload, run }
    }

    /// The JSON document that was submitted.
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// What the docket keeps beside the execution, as of the beginning of this run.
    pub fn note(&self) -> Option<&Bytes> {
        self.run.claimed.note.as_ref()
    }

    /// What is run, and the how-manieth time.
    pub fn execution(&self) -> CurrentExecution {
        CurrentExecution {
            run: self.run.clone(),
        }
    }

    /// The docket that the execution came from. What is submitted through it belongs to the trace of this run.
    pub fn docket(&self) -> Docket {
        let docket = self.run.worker.docket().clone();
        docket.with_trace(self.run.trace().cloned())
    }

    /// The worker that runs it. Its [`run_until_finished`](Worker::run_until_finished) does not wait for this run.
    pub fn worker(&self) -> Worker {
        self.run.worker.clone()
    }

    /// Tells others how far the run has come.
    pub fn progress(&self) -> Progress {
        Progress::of_run(self.run.clone())
    }

    /// Cancelled when the run is to stop: somebody cancelled it, or its lease was lost, or the worker shuts down and
    /// its grace is over. What has not stopped a while later is dropped at its next `.await`.
    pub fn cancellation(&self) -> CancellationToken {
        self.run.cancellation().clone()
    }

    /// The run's time-out, which can be extended.
    pub fn time_limit(&self) -> TimeLimit {
        TimeLimit::new(self.run.clone())
    }

    /// The run after this one, where the task is perpetual.
    pub fn next_run(&self) -> NextRun {
        NextRun::new(self.run.clone())
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
