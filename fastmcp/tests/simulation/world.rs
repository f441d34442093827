//! One simulated world: a store, processes that come and go, and people who submit, replace, cancel and replay.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastmcp::docket::backend::{Backend, Message, Target};
use fastmcp::docket::memory::MemoryBackend;
use fastmcp::docket::{
    ConcurrencyLimit, Docket, DocketError, DocketOptions, ExecutionId, Handlers, Limits, Name,
    OnConflict, Priority, Submission, When, WhileRunning, Worker,
};
use fastrand::Rng;
use tokio::time::{sleep, timeout};

use crate::bodies::handlers;
use crate::faults::Process;
use crate::history::{Entry, History, Recorded, Scribe};

pub(crate) const LEASE: Duration = Duration::from_secs(5);
const MAX_DELIVERIES: u32 = 3;
const STEPS: usize = 40;
pub(crate) const LANE_LIMIT: u32 = 2;

/// Runs the world of this seed to its end.
pub(crate) fn run(seed: u64) -> History {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime")
        // Created inside the runtime, so that the store's clock is paused from the start.
        .block_on(async { World::new(seed).live().await })
}

struct World {
    random: Rng,
    scribe: Scribe,
    store: Arc<dyn Backend>,
    people: Docket,
    calm: Arc<AtomicBool>,
    processes: usize,
}

impl World {
    fn new(seed: u64) -> Self {
        fastrand::seed(seed);
        let scribe = Scribe::default();
        let store: Arc<dyn Backend> = Arc::new(Recorded {
            store: Arc::new(MemoryBackend::new(DocketOptions {
                result_ttl: Duration::from_hours(1000),
                ..DocketOptions::default()
            })),
            scribe: scribe.clone(),
        });
        Self {
            random: Rng::with_seed(seed),
            scribe,
            people: Docket::builder("people").backend(store.clone()),
            store,
            calm: Arc::new(AtomicBool::new(false)),
            processes: 0,
        }
    }

    async fn live(mut self) -> History {
        let mut processes: Vec<Arc<Process>> = (0..3).map(|_| self.start_a_process()).collect();
        for step in 0..STEPS {
            self.do_something(step).await;
            for process in &mut processes {
                if process.dead.is_cancelled() && self.random.u8(..) < 128 {
                    *process = self.start_a_process();
                }
            }
            sleep(Duration::from_millis(self.random.u64(0..1500))).await;
        }
        self.calm.store(true, Ordering::SeqCst);
        for process in &processes {
            process.die();
        }
        let finished = self.clean_up().await;
        self.write_the_history(finished).await
    }

    fn start_a_process(&mut self) -> Arc<Process> {
        self.processes += 1;
        let name = format!("process-{}", self.processes);
        let process = Arc::new(Process::new(
            name.clone(),
            self.store.clone(),
            self.random.u64(..),
            self.scribe.clone(),
            self.calm.clone(),
        ));
        let docket = Docket::builder("world").backend(process.clone());
        // Every second process runs an older version, which lacks the newest task.
        let handlers = handlers(&process, &self.scribe, self.processes.is_multiple_of(2));
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

    async fn do_something(&mut self, step: usize) {
        let key = format!("key-{}", self.random.u8(0..8));
        match self.random.u8(0..27) {
            0 | 1 => drop(self.people.cancel(key.as_str()).await),
            2 => drop(self.people.replay(key.as_str()).await),
            3 => {
                let by = Duration::from_millis(self.random.u64(0..12_000));
                self.scribe.write(Entry::Jumped { by });
                tokio::time::advance(by).await;
            }
            4 => self.submit_garbage(step).await,
            5 => drop(self.people.pause().await),
            6 => drop(self.people.strike("steady").await),
            7 | 8 => {
                drop(self.people.resume().await);
                drop(self.people.restore("steady").await);
            }
            9..12 => drop(answer_a_question(&self.people, &mut self.random).await),
            _ => {
                let submission = self.submission(key);
                drop(self.people.submit(submission).await);
            }
        }
    }

    fn submission(&mut self, key: String) -> Submission {
        let tasks = [
            "steady", "steady", "flaky", "slow", "stubborn", "snoozing", "toxic", "panics",
            "asking", "newest", "unknown",
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
        submission
    }

    async fn submit_garbage(&mut self, step: usize) {
        let message = Message {
            key: format!("garbage-{step}").into(),
            task: Name::from_static("steady"),
            body: vec![self.random.u8(..); 3].into(),
            when: When::Now,
            priority: Priority::High,
            conflict: OnConflict::Keep,
            limits: None,
            note: None,
            keep: None,
        };
        drop(self.store.submit(vec![message]).await);
    }

    /// One healthy process finishes the remaining work.
    async fn clean_up(&mut self) -> bool {
        drop(self.people.resume().await);
        drop(self.people.restore("steady").await);
        let process = self.start_a_process_that_lives();
        let call = timeout(Duration::from_hours(24), process.run_until_finished());
        // Every question gets its answer at the end.
        let (people, mut random) = (self.people.clone(), self.random.fork());
        let answers = async move {
            loop {
                drop(answer_a_question(&people, &mut random).await);
                sleep(Duration::from_millis(500)).await;
            }
        };
        tokio::select! {
            finished = call => matches!(finished, Ok(Ok(()))),
            () = answers => false,
        }
    }

    fn start_a_process_that_lives(&mut self) -> Worker {
        let process = Arc::new(Process::new(
            "last".into(),
            self.store.clone(),
            0,
            self.scribe.clone(),
            self.calm.clone(),
        ));
        let docket = Docket::builder("world").backend(process.clone());
        worker(
            &docket,
            handlers(&process, &self.scribe, false),
            "last".into(),
        )
    }

    async fn write_the_history(self, finished: bool) -> History {
        let mut history = History {
            entries: self.scribe.entries(),
            over: self.store.now().await.expect("no faults at the end"),
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
                .expect("no faults at the end");
            history.end.insert(id, record);
        }
        let letters = self
            .people
            .dead_letters()
            .await
            .expect("no faults at the end");
        history.dead_letters = letters.into_iter().map(|letter| letter.key).collect();
        history
    }
}

/// Answers one parked execution, if there is any.
async fn answer_a_question(people: &Docket, random: &mut Rng) -> Result<(), DocketError> {
    let mut asking = people.snapshot().await?.executions;
    asking.retain(|record| record.parked);
    if asking.is_empty() {
        return Ok(());
    }
    let record = asking.swap_remove(random.usize(0..asking.len()));
    let Some(execution) = people.get(record.key).await? else {
        return Ok(());
    };
    let note = record.note.unwrap_or_default();
    let answer: &[u8] = match &note[..] {
        b"asks again" => b"answered twice",
        _ => b"answered",
    };
    // Sometimes the answer is stale.
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
        .expect("a worker")
}
