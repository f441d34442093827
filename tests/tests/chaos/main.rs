//! Chaos test with real processes, which share a real Redis or a file: workers are killed, or stopped for longer than their
//! lease, Redis is killed and restarted, and tasks abort their processes. Then a checker reads the logs of all processes.
//!
//! `scripts/chaos.sh [seconds] [seed]` runs it for longer and prints statistics.

mod checker;
#[path = "../../../fastmcp/tests/support/redis.rs"]
mod server;
mod store;

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, ExecutionId, ExecutionState, Submission};

use checker::{History, Statistics};
use server::RedisServer;
use store::Store;

const CHAOS: &str = env!("CARGO_BIN_EXE_chaos");
const PRODUCERS: u64 = 3;

/// The lease of every worker.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// The time limit for the remaining work after the last fault.
const TIME_LIMIT: Duration = Duration::from_mins(3);

struct Setup {
    store: Store,
    logs: PathBuf,
    name: String,
    seconds: u64,
    seed: u64,
    started: usize,
}

impl Setup {
    fn start(&mut self, role: &str, variables: &[(&str, String)]) -> Child {
        self.started += 1;
        let log = self.logs.join(format!("{role}-{}", self.started));
        Command::new(CHAOS)
            .arg(role)
            .env("CHAOS_URL", self.store.url())
            .env("CHAOS_DOCKET", &self.name)
            .env("CHAOS_LOG", log)
            .env("CHAOS_LEASE_MS", LEASE.as_millis().to_string())
            .env("CHAOS_SECONDS", self.seconds.to_string())
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the chaos program starts")
    }

    fn worker(&mut self) -> Worker {
        let process = self.start("worker", &[]);
        Worker {
            process,
            log: self.logs.join(format!("worker-{}", self.started)),
            stopped_until: None,
        }
    }

    fn docket(&self) -> Docket {
        self.store.docket(&self.name)
    }
}

struct Worker {
    process: Child,
    log: PathBuf,
    stopped_until: Option<Instant>,
}

impl Worker {
    fn signal(&self, signal: &str) {
        let _ = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .stderr(Stdio::null())
            .status();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |value| {
        value
            .parse()
            .unwrap_or_else(|_| panic!("{variable}: `{value}` is not a number"))
    })
}

/// Injects one fault every quarter second until the configured time has passed.
async fn inject_faults(
    setup: &mut Setup,
    workers: &mut [Worker],
    random: &mut fastrand::Rng,
    statistics: &mut Statistics,
    toxic: &mut Vec<ExecutionId>,
) {
    let docket = setup.docket();
    let until = Instant::now() + Duration::from_secs(setup.seconds);
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(250)).await;
        for worker in workers.iter_mut() {
            if worker
                .stopped_until
                .is_some_and(|until| until <= Instant::now())
            {
                worker.signal("-CONT");
                worker.stopped_until = None;
            }
            if worker.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                statistics.deaths += 1;
                *worker = setup.worker();
            }
        }
        let victim = random.usize(0..workers.len());
        match random.u32(0..100) {
            0..40 => {
                statistics.kills += 1;
                workers[victim] = setup.worker();
            }
            40..70 => {
                if workers[victim].stopped_until.is_none() {
                    statistics.stops += 1;
                    workers[victim].signal("-STOP");
                    let pause = LEASE + Duration::from_millis(random.u64(200..1500));
                    workers[victim].stopped_until = Some(Instant::now() + pause);
                }
            }
            70..80 => {
                statistics.restarts += 1;
                match &mut setup.store {
                    Store::Redis(server) => server.restart(),
                    Store::File(_) => {
                        statistics.kills += workers.len();
                        for worker in workers.iter_mut() {
                            *worker = setup.worker();
                        }
                    }
                }
            }
            _ => {
                // A process that is stopped inside of a transaction keeps the file locked, and only this loop continues
                // it.
                if let Store::File(_) = &setup.store {
                    for worker in workers.iter_mut() {
                        worker.signal("-CONT");
                        worker.stopped_until = None;
                    }
                }
                let submission =
                    Submission::new("toxic", "null").key(format!("toxic-{}", toxic.len()));
                toxic.push(
                    docket
                        .submit(submission)
                        .await
                        .expect("the submission is accepted")
                        .id(),
                );
            }
        }
    }
    for worker in workers.iter_mut() {
        worker.signal("-CONT");
        worker.stopped_until = None;
    }
}

/// Waits until nothing is pending. Replaces workers that a toxic task has aborted.
async fn finish(setup: &mut Setup, workers: &mut [Worker], statistics: &mut Statistics) {
    let docket = setup.docket();
    let begin = Instant::now();
    while docket
        .snapshot()
        .await
        .expect("the store replies")
        .pending()
        > 0
    {
        for worker in workers.iter_mut() {
            if worker.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                statistics.deaths += 1;
                *worker = setup.worker();
            }
        }
        assert!(
            begin.elapsed() < TIME_LIMIT,
            "still pending: {:?}",
            docket.snapshot().await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Replays every dead letter with a worker that toxic tasks do not abort, and asserts that each completes.
async fn replay(setup: &mut Setup, workers: &mut Vec<Worker>, statistics: &mut Statistics) {
    workers.clear();
    let harmless = [("CHAOS_HARMLESS", String::from("1"))];
    let process = setup.start("worker", &harmless);
    workers.push(Worker {
        process,
        log: PathBuf::new(),
        stopped_until: None,
    });
    let docket = setup.docket();
    loop {
        let letters = docket.dead_letters().await.expect("the store replies");
        if letters.is_empty() {
            break;
        }
        for letter in letters {
            let again = docket
                .replay(letter.key.clone())
                .await
                .expect("the key has a dead letter");
            let record = tokio::time::timeout(TIME_LIMIT, again.ended()).await;
            let record = record.expect("the replay ends").expect("the record exists");
            assert_eq!(record.state, ExecutionState::Completed, "{record:?}");
            statistics.replayed += 1;
        }
    }
}

/// Reads the logs of all processes. A file notices that a process has ended; Redis does not.
fn read_logs(setup: &Setup, workers: &[Worker]) -> History {
    let mut history = History::default();
    for file in std::fs::read_dir(&setup.logs).expect("the log directory exists") {
        let path = file.expect("the entry is readable").path();
        let text = std::fs::read_to_string(&path).expect("the log is readable");
        let is_alive = workers.iter().any(|worker| worker.log == path);
        history.read(&text, matches!(setup.store, Store::File(_)) && !is_alive);
    }
    history
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_and_no_key_runs_twice_at_once() {
    let Some(server) = RedisServer::start_on_disk() else {
        return;
    };
    run(Store::Redis(server), 10, number("CHAOS_SECONDS", 12)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_lost_in_a_file_and_no_key_runs_twice_at_once() {
    let directory = directory("file");
    let path = directory.join("tasks.db");
    run(Store::File(path), 3, number("CHAOS_SECONDS", 6)).await;
    let _ = std::fs::remove_dir_all(directory);
}

fn directory(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("fastmcp-chaos-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&path).expect("the directory can be created");
    path
}

async fn run(store: Store, workers: usize, seconds: u64) {
    let seed = number("CHAOS_SEED", 1);
    println!("CHAOS_SEED={seed} CHAOS_SECONDS={seconds}");
    let kind = match store {
        Store::Redis(_) => "redis-logs",
        Store::File(_) => "file-logs",
    };
    let mut setup = Setup {
        store,
        logs: directory(kind),
        name: format!("chaos-{seed}"),
        seconds,
        seed,
        started: 0,
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let mut statistics = Statistics::default();
    let mut workers: Vec<Worker> = (0..workers).map(|_| setup.worker()).collect();
    let producers: Vec<Child> = (0..PRODUCERS)
        .map(|n| {
            let seed = setup.seed.wrapping_mul(31).wrapping_add(n).to_string();
            let name = format!("p{n}");
            setup.start(
                "producer",
                &[("CHAOS_SEED", seed), ("CHAOS_PRODUCER", name)],
            )
        })
        .collect();
    let docket = setup.docket();
    let watched: tokio::task::JoinHandle<HashMap<ExecutionId, ExecutionState>> =
        tokio::spawn(checker::watch_executions(docket.clone()));
    let mut toxic = Vec::new();
    inject_faults(
        &mut setup,
        &mut workers,
        &mut random,
        &mut statistics,
        &mut toxic,
    )
    .await;
    for mut producer in producers {
        let status = producer.wait().expect("the producer ends");
        assert!(status.success(), "a producer failed");
    }
    assert!(!watched.is_finished(), "{:?}", watched.await.err());
    if let Store::File(path) = &setup.store {
        watched.abort();
        for worker in &workers {
            worker.signal("-STOP");
        }
        store::cut_power(path, &mut random).await;
        for worker in &workers {
            worker.signal("-CONT");
        }
    }
    finish(&mut setup, &mut workers, &mut statistics).await;
    watched.abort();

    let history = read_logs(&setup, &workers);
    history.check(&docket, &toxic, &mut statistics).await;
    replay(&mut setup, &mut workers, &mut statistics).await;
    workers.clear();
    println!("{statistics}");
    // With few workers, those that were stopped may have had nothing to run.
    let is_redis = matches!(setup.store, Store::Redis(_));
    assert!(
        statistics.fenced > 0 || statistics.stops == 0 || !is_redis,
        "no stopped worker was fenced"
    );
    assert!(
        statistics.replayed >= toxic.len(),
        "not every toxic task became a dead letter"
    );
    drop(docket);
    setup.store.check();
    let _ = std::fs::remove_dir_all(&setup.logs);
}
