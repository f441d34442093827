//! Real processes on a real Redis under faults that a seed decides: workers are killed or stopped past their leases,
//! Redis is killed and restarted, tasks abort their processes. A checker then reads all logs.
//!
//! `scripts/chaos.sh [seconds] [seed]` runs it for longer and prints statistics.

mod checker;
#[path = "../../../fastmcp/tests/support/redis.rs"]
mod server;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, ExecutionId, ExecutionState, Submission};

use checker::{Figures, History};
use server::RedisServer;

const CHAOS: &str = env!("CARGO_BIN_EXE_chaos");
const WORKERS: usize = 10;
const PRODUCERS: u64 = 3;

/// The lease of every worker.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// The time limit for the remaining work after the last fault.
const AT_MOST: Duration = Duration::from_mins(3);

struct Stage {
    server: RedisServer,
    logs: PathBuf,
    name: String,
    seconds: u64,
    seed: u64,
    started: usize,
}

impl Stage {
    fn start(&mut self, role: &str, variables: &[(&str, String)]) -> Child {
        self.started += 1;
        let log = self.logs.join(format!("{role}-{}", self.started));
        Command::new(CHAOS)
            .arg(role)
            .env("CHAOS_URL", self.server.url())
            .env("CHAOS_DOCKET", &self.name)
            .env("CHAOS_LOG", log)
            .env("CHAOS_LEASE_MS", LEASE.as_millis().to_string())
            .env("CHAOS_SECONDS", self.seconds.to_string())
            .envs(variables.iter().map(|(name, value)| (*name, value)))
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts")
    }

    fn worker(&mut self) -> Worker {
        Worker {
            process: self.start("worker", &[]),
            stopped_until: None,
        }
    }

    fn docket(&self) -> Docket {
        Docket::redis(self.name.as_str(), &self.server.url()).expect("a URL")
    }
}

struct Worker {
    process: Child,
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
            .unwrap_or_else(|_| panic!("{variable} is `{value}`, no number"))
    })
}

/// Injects a fault every quarter second until the time is over.
async fn inject_faults(
    stage: &mut Stage,
    workers: &mut [Worker],
    random: &mut fastrand::Rng,
    figures: &mut Figures,
    toxic: &mut Vec<ExecutionId>,
) {
    let docket = stage.docket();
    let until = Instant::now() + Duration::from_secs(stage.seconds);
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
                figures.deaths += 1;
                *worker = stage.worker();
            }
        }
        let victim = random.usize(0..workers.len());
        match random.u32(0..100) {
            0..40 => {
                figures.kills += 1;
                workers[victim] = stage.worker();
            }
            40..70 => {
                if workers[victim].stopped_until.is_none() {
                    figures.stops += 1;
                    workers[victim].signal("-STOP");
                    let pause = LEASE + Duration::from_millis(random.u64(200..1500));
                    workers[victim].stopped_until = Some(Instant::now() + pause);
                }
            }
            70..80 => {
                figures.restarts += 1;
                stage.server.restart();
            }
            _ => {
                let submission =
                    Submission::new("toxic", "null").key(format!("toxic-{}", toxic.len()));
                toxic.push(docket.submit(submission).await.expect("accepted").id());
            }
        }
    }
    for worker in workers.iter_mut() {
        worker.signal("-CONT");
        worker.stopped_until = None;
    }
}

/// Waits until nothing is pending, and replaces workers that a task has aborted.
async fn finish(stage: &mut Stage, workers: &mut [Worker], figures: &mut Figures) {
    let docket = stage.docket();
    let begin = Instant::now();
    while docket.snapshot().await.expect("Redis").pending() > 0 {
        for worker in workers.iter_mut() {
            if worker.process.try_wait().is_ok_and(|ended| ended.is_some()) {
                figures.deaths += 1;
                *worker = stage.worker();
            }
        }
        assert!(
            begin.elapsed() < AT_MOST,
            "still pending: {:?}",
            docket.snapshot().await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Replays every dead letter with workers that ignore the poison, and checks that all complete.
async fn replay(stage: &mut Stage, workers: &mut Vec<Worker>, figures: &mut Figures) {
    workers.clear();
    let tame = [("CHAOS_TAME", String::from("1"))];
    let process = stage.start("worker", &tame);
    workers.push(Worker {
        process,
        stopped_until: None,
    });
    let docket = stage.docket();
    loop {
        let letters = docket.dead_letters().await.expect("Redis");
        if letters.is_empty() {
            break;
        }
        for letter in letters {
            let again = docket
                .replay(letter.key.clone())
                .await
                .expect("a dead letter");
            let record = tokio::time::timeout(AT_MOST, again.ended()).await;
            let record = record.expect("it ends").expect("it is known");
            assert_eq!(record.state, ExecutionState::Completed, "{record:?}");
            figures.replayed += 1;
        }
    }
}

/// Returns the keys of the docket that have no TTL.
fn endless_keys(stage: &Stage) -> Vec<String> {
    let script = "local e = {} for _, k in ipairs(redis.call('KEYS', '{fastmcp:*')) do \
                  if redis.call('PTTL', k) == -1 then e[#e + 1] = k end end return e";
    let answer = stage.server.say(&format!("EVAL \"{script}\" 0"));
    answer
        .lines()
        .filter_map(|line| line.trim().rsplit("}:").next())
        .filter(|name| !name.starts_with(['*', '$']) && !name.is_empty())
        .map(str::to_owned)
        .collect()
}

fn read_logs(logs: &Path) -> History {
    let mut history = History::default();
    for file in std::fs::read_dir(logs).expect("the logs") {
        let text = std::fs::read_to_string(file.expect("a log").path()).expect("a text");
        history.read(&text);
    }
    history
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_execution_is_lost_or_runs_twice_at_once() {
    let Some(server) = RedisServer::start_on_disk() else {
        return;
    };
    let seed = number("CHAOS_SEED", 1);
    let seconds = number("CHAOS_SECONDS", 12);
    println!("CHAOS_SEED={seed} CHAOS_SECONDS={seconds}");
    let logs = std::env::temp_dir().join(format!("fastmcp-chaos-{}", std::process::id()));
    std::fs::create_dir_all(&logs).expect("a directory");
    let mut stage = Stage {
        server,
        logs,
        name: format!("chaos-{seed}"),
        seconds,
        seed,
        started: 0,
    };
    let mut random = fastrand::Rng::with_seed(seed);
    let mut figures = Figures::default();
    let mut workers: Vec<Worker> = (0..WORKERS).map(|_| stage.worker()).collect();
    let producers: Vec<Child> = (0..PRODUCERS)
        .map(|n| {
            let seed = stage.seed.wrapping_mul(31).wrapping_add(n).to_string();
            let name = format!("p{n}");
            stage.start(
                "producer",
                &[("CHAOS_SEED", seed), ("CHAOS_PRODUCER", name)],
            )
        })
        .collect();
    let docket = stage.docket();
    let watched: tokio::task::JoinHandle<HashMap<ExecutionId, ExecutionState>> =
        tokio::spawn(checker::watch_some(docket.clone()));
    let mut toxic = Vec::new();
    inject_faults(
        &mut stage,
        &mut workers,
        &mut random,
        &mut figures,
        &mut toxic,
    )
    .await;
    for mut producer in producers {
        let status = producer.wait().expect("it ends");
        assert!(status.success(), "a producer failed");
    }
    finish(&mut stage, &mut workers, &mut figures).await;
    assert!(!watched.is_finished(), "{:?}", watched.await.err());
    watched.abort();

    let history = read_logs(&stage.logs);
    history.check(&docket, &toxic, &mut figures).await;
    replay(&mut stage, &mut workers, &mut figures).await;
    workers.clear();
    println!("{figures}");
    assert!(
        figures.replayed >= toxic.len(),
        "every toxic task was a dead letter"
    );
    let endless: Vec<String> = endless_keys(&stage);
    assert_eq!(endless, ["root"]);
    let _ = std::fs::remove_dir_all(&stage.logs);
}
