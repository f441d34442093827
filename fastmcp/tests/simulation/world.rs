//! One simulated world: a store, worker processes that die and restart, and a client that submits, cancels and replays.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastmcp::docket::backend::memory::MemoryBackend;
use fastmcp::docket::backend::{Backend, Target};
use fastmcp::docket::{
    ConcurrencyLimit, Docket, DocketError, DocketOptions, ExecutionId, Filter, Handlers, Limits,
    Name, Priority, Submission, WhileRunning, Worker,
};
use fastrand::Rng;
use tokio::time::{sleep, timeout};

use crate::bodies::handlers;
use crate::faults::Process;
use crate::history::{Entry, History, Recorder, RecordingBackend};

pub(crate) const LEASE: Duration = Duration::from_secs(5);
const MAX_DELIVERIES: u32 = 3;
const STEPS: usize = 40;
pub(crate) const LANE_LIMIT: u32 = 2;
pub(crate) const OWNER_LIMIT: u32 = 3;

/// Runs the world of `seed` in memory to its end and returns its history.
pub(crate) fn run(seed: u64) -> History {
    run_in(seed, |options| Arc::new(MemoryBackend::new(options)))
}

/// Runs the world of `seed` in a file.
#[cfg(feature = "sqlite")]
pub(crate) fn run_in_file(seed: u64) -> History {
    use fastmcp::docket::{Durability, backend::sqlite::SqliteBackend};
    let path = crate::temporary::file("simulation");
    let mut history = run_in(seed, |options| {
        let store = SqliteBackend::new(path, Durability::Process, options);
        Arc::new(crate::blocking::Blocking(store))
    });
    history.order_claims();
    history
}

fn run_in(seed: u64, open: impl FnOnce(DocketOptions) -> Arc<dyn Backend>) -> History {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("the runtime starts")
        // The world is created inside the runtime, because the store takes its clock from it.
        .block_on(async { World::new(seed, open).run().await })
}

struct World {
    random: Rng,
    recorder: Recorder,
    store: Arc<dyn Backend>,
    client: Docket,
    faults_disabled: Arc<AtomicBool>,
    processes: usize,
}

impl World {
    fn new(seed: u64, open: impl FnOnce(DocketOptions) -> Arc<dyn Backend>) -> Self {
        fastrand::seed(seed);
        let recorder = Recorder::default();
        let store = open(DocketOptions {
            result_ttl: Duration::from_hours(1000),
            owner_concurrency: OWNER_LIMIT,
            ..DocketOptions::default()
        });
        let store: Arc<dyn Backend> = Arc::new(RecordingBackend {
            store,
            recorder: recorder.clone(),
        });
        Self {
            random: Rng::with_seed(seed),
            recorder,
            client: Docket::builder("client").backend(store.clone()),
            store,
            faults_disabled: Arc::new(AtomicBool::new(false)),
            processes: 0,
        }
    }

    async fn run(mut self) -> History {
        let mut processes: Vec<Arc<Process>> = (0..3).map(|_| self.start_process()).collect();
        for step in 0..STEPS {
            self.act(step).await;
            for process in &mut processes {
                if process.dead.is_cancelled() && self.random.u8(..) < 128 {
                    *process = self.start_process();
                }
            }
            sleep(Duration::from_millis(self.random.u64(0..1500))).await;
        }
        self.faults_disabled.store(true, Ordering::SeqCst);
        for process in &processes {
            process.die();
        }
        let finished = self.finish_work().await;
        self.finish_history(finished).await
    }

    fn start_process(&mut self) -> Arc<Process> {
        self.processes += 1;
        let name = format!("process-{}", self.processes);
        let process = Arc::new(Process::new(
            name.clone(),
            self.store.clone(),
            self.random.u64(..),
            self.recorder.clone(),
            self.faults_disabled.clone(),
        ));
        let docket = Docket::builder("world").backend(process.clone());
        // Every second process is from before a deployment and has no handler for the newest task.
        let handlers = handlers(&process, &self.recorder, self.processes.is_multiple_of(2));
        let worker = worker(&docket, handlers, name);
        let dead = process.dead.clone();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = dead.cancelled() => {}
                _ = worker.run_forever() => {}
            }
        });
        process
    }

    async fn act(&mut self, step: usize) {
        let key = format!("key-{}", self.random.u8(0..8));
        match self.random.u8(0..29) {
            0 | 1 => drop(self.client.cancel(key.as_str()).await),
            2 => drop(self.client.replay(key.as_str()).await),
            3 => {
                let by = Duration::from_millis(self.random.u64(0..12_000));
                self.recorder.record(Entry::Jumped { by });
                tokio::time::advance(by).await;
            }
            4 => self.submit_garbage(step).await,
            5 => drop(self.client.pause().await),
            6 => drop(self.client.strike("steady").await),
            7 | 8 => {
                drop(self.client.resume().await);
                drop(self.client.restore("steady").await);
            }
            27 => drop(self.client.retry(&Filter::new()).await),
            28 => {
                let filter = Filter::new().key(key).dead_letters();
                drop(self.client.discard(&filter).await);
            }
            9..12 => drop(amend_one(&self.client, &mut self.random).await),
            _ => {
                let submission = self.submission(key);
                drop(self.client.submit(submission).await);
            }
        }
    }

    fn submission(&mut self, key: String) -> Submission {
        let tasks = [
            "steady", "steady", "flaky", "slow", "stubborn", "snoozing", "toxic", "panics",
            "asking", "stepping", "family", "family", "newest", "unknown",
        ];
        let task = tasks[self.random.usize(0..tasks.len())];
        let mut submission = Submission::new(Name::from(task), "null").key(key);
        if self.random.bool() {
            submission = submission.after(Duration::from_millis(self.random.u64(0..4000)));
        }
        submission = match self.random.u8(0..6) {
            0 => submission.replace(WhileRunning::Queue),
            1 => submission.replace(WhileRunning::CancelPrevious),
            2 => submission.replace(WhileRunning::Reject),
            _ => submission,
        };
        if self.random.u8(0..6) == 0 {
            submission = submission.keep_for(Duration::from_secs(self.random.u64(1..40)));
        }
        if self.random.u8(0..3) == 0 {
            submission = submission.limits(Limits {
                concurrency: Some(ConcurrencyLimit {
                    lane: "lane".into(),
                    at_most: LANE_LIMIT,
                }),
                ..Limits::default()
            });
        }
        match self.random.u8(0..6) {
            0 => submission.owner("ada"),
            1 => submission.owner("bob"),
            _ => submission,
        }
    }

    async fn submit_garbage(&mut self, step: usize) {
        let garbage = Submission::new("steady", vec![self.random.u8(..); 3])
            .key(format!("garbage-{step}"))
            .priority(Priority::High);
        drop(self.store.submit(vec![garbage]).await);
    }

    /// Lets one healthy process finish the remaining work. Returns whether it has finished.
    async fn finish_work(&mut self) -> bool {
        drop(self.client.resume().await);
        drop(self.client.restore("steady").await);
        let process = self.start_last_process();
        let call = timeout(Duration::from_hours(24), process.run_until_finished());
        // Parked executions are woken until none is left.
        let (client, mut random) = (self.client.clone(), self.random.fork());
        let amendments = async move {
            loop {
                drop(amend_one(&client, &mut random).await);
                sleep(Duration::from_millis(500)).await;
            }
        };
        tokio::select! {
            finished = call => matches!(finished, Ok(Ok(()))),
            () = amendments => false,
        }
    }

    fn start_last_process(&mut self) -> Worker {
        let process = Arc::new(Process::new(
            "last".into(),
            self.store.clone(),
            0,
            self.recorder.clone(),
            self.faults_disabled.clone(),
        ));
        let docket = Docket::builder("world").backend(process.clone());
        worker(
            &docket,
            handlers(&process, &self.recorder, false),
            "last".into(),
        )
    }

    async fn finish_history(self, finished: bool) -> History {
        let mut history = History {
            entries: self.recorder.entries(),
            ended_at: self.store.now().await.expect("faults are disabled"),
            max_deliveries: MAX_DELIVERIES,
            finished,
            ..History::default()
        };
        let accepted: Vec<ExecutionId> = history
            .entries
            .iter()
            .filter_map(|entry| match entry {
                Entry::Accepted { id, .. } => Some(*id),
                _ => None,
            })
            .collect();
        for id in accepted {
            let record = self
                .store
                .find(&Target::Id(id))
                .await
                .expect("faults are disabled");
            history.final_records.insert(id, record);
        }
        let letters = self
            .client
            .dead_letters()
            .await
            .expect("faults are disabled");
        history.dead_letters = letters.into_iter().map(|letter| letter.key).collect();
        let mut after = None;
        loop {
            let page = self.client.list(&Filter::new(), after, 7).await;
            let page = page.expect("faults are disabled");
            history.listed.extend(page.executions);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        history.stats = self.client.stats().await.expect("faults are disabled");
        history
    }
}

/// Amends the note of a random parked execution, if there is one.
async fn amend_one(client: &Docket, random: &mut Rng) -> Result<(), DocketError> {
    let mut parked = client.snapshot().await?.executions;
    parked.retain(|record| record.parked);
    if parked.is_empty() {
        return Ok(());
    }
    let record = parked.swap_remove(random.usize(0..parked.len()));
    if record.task == "stepping" {
        return client.signal(record.key, "go")(()).await;
    }
    let Some(execution) = client.get(record.key).await? else {
        return Ok(());
    };
    let note = record.note.unwrap_or_default();
    let answer: &[u8] = match &note[..] {
        b"asks again" => b"answered twice",
        _ => b"answered",
    };
    // Some amendments are stale.
    let expected = match random.u8(0..8) {
        0 => "something else".into(),
        _ => note,
    };
    execution.amend(expected, answer, true).await?;
    Ok(())
}

fn worker(docket: &Docket, handlers: Handlers, name: String) -> Worker {
    Worker::builder(docket, Arc::new(handlers))
        .name(name)
        .concurrency(4)
        .lease(LEASE)
        .max_deliveries(MAX_DELIVERIES)
        .cancel_grace(Duration::from_secs(1))
        .build()
        .expect("the options are valid")
}
