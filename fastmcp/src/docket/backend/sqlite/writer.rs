//! [`Writer`]: collects the calls of this process, and runs those that wait together in one transaction.
//!
//! While one transaction is being stored, further calls collect, and the next transaction runs all of them. There is no
//! dedicated thread: a call that finds no such task running starts a blocking task, which ends when no call is left.
//! After a transaction with several calls, it waits a moment for their callers to call again.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::Result;
use tokio::runtime::Handle;
use tokio::sync::{Notify, oneshot, watch};
use tokio::time::Instant;

use crate::docket::backend::call::{Claim, Condition, Settlement};
use crate::docket::backend::sqlite::engine::{Engine, Report};
use crate::docket::backend::sqlite::job::{Call, GiveBack, Job, Sleeper};
use crate::docket::backend::sqlite::store::Store;
use crate::docket::error::BackendError;
use crate::docket::model::delivery::{Delivery, Lease};

/// The maximum number of calls per transaction.
const BATCH: usize = 1024;

/// The shortest and the longest pause between two calls for which a transaction waits, and its part of the time that the
/// last transaction has taken.
const PAUSE: (Duration, Duration) = (Duration::from_micros(50), Duration::from_micros(500));
const PAUSE_PART: u32 = 8;

/// The queue of calls, and the engine that runs them.
pub(super) struct Writer {
    queue: Mutex<Queue>,
    /// Wakes the task that gathers calls.
    gathered: Condvar,
    engine: Mutex<Engine>,
    capacity: usize,
    /// The instant at which a sleeping claim has to run a transaction.
    next: watch::Sender<Option<Instant>>,
    /// Whether the transaction of the present instant has been requested.
    is_ticking: AtomicBool,
    /// Wakes workers that wait for signals.
    signals: Notify,
    /// The signals that workers of this process have received.
    received_signals: Mutex<HashSet<Lease>>,
    /// Wakes `wait` calls.
    waits: Notify,
    /// The numbers of pending executions that they wait for.
    thresholds: Mutex<Vec<usize>>,
    has_others: AtomicBool,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    /// The sleeping claims that were dropped.
    dropped: Vec<(Arc<str>, Instant)>,
    is_running: bool,
    /// The number of calls for which the task that gathers them waits; 0 if it does not.
    awaited: usize,
    /// The runtime of the latest call, for wake-ups from outside of a runtime.
    runtime: Option<Handle>,
}

impl Writer {
    pub(super) fn new(engine: Engine, capacity: usize) -> Arc<Self> {
        Arc::new(Self {
            queue: Mutex::default(),
            gathered: Condvar::new(),
            engine: Mutex::new(engine),
            capacity,
            next: watch::Sender::new(None),
            is_ticking: AtomicBool::new(false),
            signals: Notify::new(),
            received_signals: Mutex::default(),
            waits: Notify::new(),
            thresholds: Mutex::default(),
            has_others: AtomicBool::new(false),
        })
    }

    /// Runs a step in the next transaction.
    pub(super) async fn call<T: Send + 'static>(
        self: &Arc<Self>,
        step: impl FnOnce(&mut Store<'_>) -> Result<T> + Send + 'static,
    ) -> std::result::Result<T, BackendError> {
        let (reply, answer) = oneshot::channel();
        self.push(Job::Step(Box::new(Call::new(step, reply))));
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Adds a job. Starts the transactions if none is running.
    pub(super) fn push(self: &Arc<Self>, job: Job) {
        let mut queue = lock(&self.queue);
        queue.jobs.push(job);
        if queue.is_running {
            if queue.awaited > 0 && queue.jobs.len() >= queue.awaited {
                queue.awaited = 0;
                self.gathered.notify_one();
            }
            return;
        }
        if let Ok(runtime) = Handle::try_current() {
            queue.runtime = Some(runtime);
        }
        let Some(runtime) = queue.runtime.clone() else {
            // The next call starts the transaction.
            return;
        };
        queue.is_running = true;
        drop(queue);
        let running = Running {
            writer: self.clone(),
            is_done: false,
        };
        runtime.spawn_blocking(move || running.run());
    }

    /// Waits until there is an execution for the claim.
    pub(super) async fn claim(
        self: &Arc<Self>,
        claim: Claim,
    ) -> std::result::Result<Vec<Delivery>, BackendError> {
        let _dropped = DroppedClaim {
            writer: self,
            worker: claim.worker.clone(),
        };
        let mut next = self.next.subscribe();
        let (reply, mut answer) = oneshot::channel();
        self.push(Job::Claim(Sleeper {
            claim,
            reply,
            deliveries: Vec::new(),
            is_counted: false,
        }));
        loop {
            let at = *next.borrow_and_update();
            tokio::select! {
                biased;
                claimed = &mut answer => {
                    return match claimed {
                        Ok(claimed) => claimed.map(super::job::Claimed::take),
                        Err(_) => Err(stopped()),
                    };
                }
                _ = next.changed() => {}
                () = sleep_until(at) => {
                    self.tick();
                    // Nothing more to do until the transaction is stored.
                    tokio::select! {
                        biased;
                        claimed = &mut answer => {
                            return match claimed {
                                Ok(claimed) => claimed.map(super::job::Claimed::take),
                                Err(_) => Err(stopped()),
                            };
                        }
                        _ = next.changed() => {}
                    }
                }
            }
        }
    }

    /// Runs a transaction for the elapsed timers. If several claims sleep until the same instant, only one of them runs
    /// it.
    pub(super) fn tick(self: &Arc<Self>) {
        if !self.is_ticking.swap(true, Ordering::SeqCst) {
            self.push(Job::Tick);
        }
    }

    /// Waits until runs of the worker are to be cancelled.
    pub(super) async fn signals(
        self: &Arc<Self>,
        worker: &Arc<str>,
    ) -> std::result::Result<Vec<Lease>, BackendError> {
        loop {
            let mut woken = std::pin::pin!(self.signals.notified());
            woken.as_mut().enable();
            let name = worker.clone();
            let mut signals = self.call(move |store| store.signals(&name)).await?;
            // The file keeps them until the run ends. They count as received only here, where the caller can no longer
            // be dropped.
            signals.retain(|lease| lock(&self.received_signals).insert(*lease));
            if !signals.is_empty() {
                return Ok(signals);
            }
            woken.await;
        }
    }

    /// Waits until the condition is true.
    pub(super) async fn wait(
        self: &Arc<Self>,
        condition: Condition,
    ) -> std::result::Result<(), BackendError> {
        let threshold = match condition {
            Condition::PendingAtMost(threshold) => threshold,
            Condition::Room => self.capacity.saturating_sub(1),
        };
        let _threshold = Threshold::add(self, threshold);
        loop {
            let mut woken = std::pin::pin!(self.waits.notified());
            woken.as_mut().enable();
            if self.call(|store| Ok(store.root.pending())).await? <= threshold {
                return Ok(());
            }
            woken.await;
        }
    }

    /// Whether other processes have the file open.
    pub(super) fn has_others(&self) -> bool {
        self.has_others.load(Ordering::SeqCst)
    }

    /// Waits until the callers of the last transaction have called again.
    ///
    /// Callers that call in a loop need some time to wake up. Without this wait, the next transaction would run the
    /// first of them alone, and all others would wait for it: two transactions for each call, and two synchronizations
    /// of the disk. Calls arrive one after the other, so a pause between them means that no others follow soon. Then the
    /// wait has cost an eighth of the last transaction.
    fn gather(&self, calls: usize, took: Duration) {
        if calls < 2 {
            return;
        }
        let pause = (took / PAUSE_PART).clamp(PAUSE.0, PAUSE.1);
        let until = Instant::now() + took;
        let mut queue = lock(&self.queue);
        loop {
            let present = queue.jobs.len();
            if present >= calls || Instant::now() >= until {
                break;
            }
            queue.awaited = calls;
            let woken = self.gathered.wait_timeout(queue, pause);
            queue = woken.unwrap_or_else(PoisonError::into_inner).0;
            if queue.jobs.len() == present {
                break;
            }
        }
        queue.awaited = 0;
    }

    /// Runs the next jobs. Returns how many of them were calls that the transaction has answered, and the time that it
    /// has taken; `None` if there are no jobs.
    fn run_batch(self: &Arc<Self>) -> Option<(usize, Duration)> {
        let mut engine = lock(&self.engine);
        let (jobs, dropped) = {
            let mut queue = lock(&self.queue);
            if queue.jobs.is_empty() {
                queue.is_running = false;
                return None;
            }
            let rest = match queue.jobs.len() {
                0..=BATCH => Vec::new(),
                _ => queue.jobs.split_off(BATCH),
            };
            (
                std::mem::replace(&mut queue.jobs, rest),
                std::mem::take(&mut queue.dropped),
            )
        };
        engine.forget_dropped(&dropped);
        let has_ticked = jobs.iter().any(|job| matches!(job, Job::Tick));
        if has_ticked {
            self.is_ticking.store(false, Ordering::SeqCst);
        }
        let calls = jobs.iter().filter(|job| matches!(job, Job::Step(_)));
        let calls = calls.count();
        let queue: Arc<dyn GiveBack> = self.clone();
        let begin = Instant::now();
        let report = engine.run(jobs, &queue);
        let took = begin.elapsed();
        drop(engine);
        self.wake(report, has_ticked);
        Some((calls, took))
    }

    fn wake(&self, report: Report, has_ticked: bool) {
        self.has_others.store(report.has_others, Ordering::SeqCst);
        // Without a change, the sleeping claims sleep on. After a tick they wait for this.
        self.next.send_if_modified(|next| {
            let is_new = *next != report.next;
            *next = report.next;
            is_new || has_ticked
        });
        if !report.ended_runs.is_empty() {
            let mut received = lock(&self.received_signals);
            for lease in report.ended_runs {
                received.remove(&lease);
            }
        }
        if report.signals {
            self.signals.notify_waiters();
        }
        if let Some(pending) = report.pending
            && lock(&self.thresholds)
                .iter()
                .any(|threshold| pending <= *threshold)
        {
            self.waits.notify_waiters();
        }
    }
}

impl GiveBack for Writer {
    fn give_back(self: Arc<Self>, settlements: Vec<Settlement>) {
        let (reply, _) = oneshot::channel();
        let step = move |store: &mut Store<'_>| {
            for settlement in &settlements {
                store.settle(settlement)?;
            }
            Ok(())
        };
        self.push(Job::Step(Box::new(Call::new(step, reply))));
    }
}

/// The blocking task that runs transactions. If it is dropped before or during its work, because its runtime is shut
/// down, the calls that wait get an error, and the next call starts another.
struct Running {
    writer: Arc<Writer>,
    is_done: bool,
}

impl Running {
    fn run(mut self) {
        while let Some((calls, took)) = self.writer.run_batch() {
            self.writer.gather(calls, took);
        }
        self.is_done = true;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After the last batch, another task may already be running.
        if self.is_done {
            return;
        }
        let mut queue = lock(&self.writer.queue);
        queue.is_running = false;
        let jobs = std::mem::take(&mut queue.jobs);
        drop(queue);
        self.writer.is_ticking.store(false, Ordering::SeqCst);
        Engine::refuse(jobs, &stopped());
    }
}

/// Notes that a claim no longer waits. This is a destructor, because the caller may drop the claim's future at any
/// time.
struct DroppedClaim<'a> {
    writer: &'a Writer,
    worker: Arc<str>,
}

impl Drop for DroppedClaim<'_> {
    fn drop(&mut self) {
        let dropped = (self.worker.clone(), Instant::now());
        lock(&self.writer.queue).dropped.push(dropped);
    }
}

/// Registers the threshold of a `wait` call until the call returns or is dropped.
struct Threshold<'a> {
    writer: &'a Writer,
    threshold: usize,
}

impl<'a> Threshold<'a> {
    fn add(writer: &'a Writer, threshold: usize) -> Self {
        lock(&writer.thresholds).push(threshold);
        Self { writer, threshold }
    }
}

impl Drop for Threshold<'_> {
    fn drop(&mut self) {
        let mut thresholds = lock(&self.writer.thresholds);
        if let Some(index) = thresholds.iter().position(|it| *it == self.threshold) {
            thresholds.swap_remove(index);
        }
    }
}

fn stopped() -> BackendError {
    BackendError::new("the runtime of the call was shut down").with_code("STOPPED")
}

async fn sleep_until(at: Option<Instant>) {
    match at {
        Some(at) => tokio::time::sleep_until(at).await,
        None => std::future::pending().await,
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
