//! Benchmarks the docket in a file against a loop of SQL statements with the same settings, and against apalis.
//!
//! `cargo bench -p fastmcp --features sqlite --bench docket_sqlite [-- --json] [-- --only ROW]`. The limit inserts and
//! updates rows in batches, without keys in use, leases or events. apalis is a program of its own (`apalis/`), because
//! one program can contain only one copy of SQLite. Rows that end in `_power` synchronize the disk for each transaction.
//! Compare the ratios; absolute numbers depend on the machine and its disk.

mod apalis;
mod limit;
#[path = "../docket/measure.rs"]
mod measure;
mod ours;
mod processes;
#[path = "../docket/report.rs"]
mod report;

use std::future::Future;
use std::path::PathBuf;
use std::time::Duration;

use fastmcp::docket::{Durability, Key};
use report::{Percentiles, Report};

/// Executions per throughput run.
const TASKS: usize = 20_000;
/// The number of callers that add at the same time.
const CALLERS: usize = 64;
/// The number of concurrent executions.
const CONCURRENCY: usize = 1000;
/// Samples per latency run.
const SAMPLES: usize = 1_000;
/// Rounds per row. The contestants take turns, and the best round of each counts.
const ROUNDS: usize = 3;
/// The number of executions in a docket whose statistics are measured.
const MILLION: usize = 1_000_000;
/// Executions that wait when a process starts.
const BACKLOG: usize = 100_000;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if processes::run_child(&arguments) {
        return;
    }
    let value = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1).cloned()
    };
    let json = arguments.iter().any(|argument| argument == "--json");
    let peer = apalis::Program::build();
    let report = Report::new("docket_sqlite", json, value("--only"));
    for (grade, durability) in [
        ("process", Durability::Process),
        ("power", Durability::Power),
    ] {
        // With random keys, the loop changes a page of the index for each row; a docket's own keys are sorted.
        let random: fn() -> Key = Key::random;
        for (keys, key) in [("", random), ("_sorted", Key::unique)] {
            report.row(&format!("add{keys}_{grade}"), "tasks/s", || {
                best(|| {
                    [
                        Some(rate(
                            TASKS,
                            run(ours::add(&file(), durability, TASKS, CALLERS)),
                        )),
                        Some(rate(
                            TASKS,
                            limit::add(&file(), durability, TASKS, CALLERS, key),
                        )),
                        peer.add(&file(), durability, TASKS / 20, CALLERS),
                    ]
                })
            });
        }
        report.row(&format!("drain_{grade}"), "tasks/s", || {
            best(|| {
                [
                    Some(rate(
                        TASKS,
                        run(ours::drain(&file(), durability, TASKS, CONCURRENCY)),
                    )),
                    Some(rate(
                        TASKS,
                        limit::drain(&file(), durability, TASKS, CONCURRENCY),
                    )),
                    peer.drain(&file(), durability, TASKS / 20, CONCURRENCY),
                ]
            })
        });
        let latency = std::cell::OnceCell::new();
        let latency = || {
            *latency.get_or_init(|| {
                [
                    Some(run(ours::latency(&file(), durability, SAMPLES))),
                    // One transaction: an insert that is stored.
                    Some(limit::commits(&file(), durability, SAMPLES)),
                ]
                .map(|samples| samples.map(Percentiles::of))
            })
        };
        report.row(&format!("latency_p50_{grade}"), "us", || {
            let [ours, limit] = latency();
            [ours.map(|it| it.p50), limit.map(|it| it.p50), None]
        });
        report.row(&format!("latency_p99_{grade}"), "us", || {
            let [ours, limit] = latency();
            [ours.map(|it| it.p99), limit.map(|it| it.p99), None]
        });
    }
    report.row("first_body", "ms", || {
        let took = processes::first_body(&file());
        [Some(took.as_secs_f64() * 1000.0), None, None]
    });
    report.row("idle_wake_ups", "in 5 s", || {
        [processes::idle_wake_ups(&file()), None, None]
    });
    let wake_up = std::cell::OnceCell::new();
    let wake_up =
        || *wake_up.get_or_init(|| Percentiles::of(run(processes::wake_up(&file(), SAMPLES))));
    report.row("other_process_p50", "us", || {
        [Some(wake_up().p50), None, None]
    });
    report.row("other_process_p99", "us", || {
        [Some(wake_up().p99), None, None]
    });
    report.row("worst_claim_of_three", "ms", || {
        let worst = processes::worst_claim(&file());
        [Some(worst.as_secs_f64() * 1000.0), None, None]
    });
    report.row("stats_of_a_million", "us", || {
        let samples = run(ours::stats(&file(), MILLION));
        [Some(Percentiles::of(samples).p50), None, None]
    });
    let _ = std::fs::remove_dir_all(directory());
}

fn directory() -> PathBuf {
    std::env::temp_dir().join(format!("fastmcp-bench-{}", std::process::id()))
}

/// Returns the path of a new file.
fn file() -> PathBuf {
    let directory = directory();
    std::fs::create_dir_all(&directory).expect("the directory can be created");
    directory.join(format!("{:016x}.db", fastrand::u64(..)))
}

/// Runs `work` on a new runtime with two threads, the size of the reference machine.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts")
        .block_on(work)
}

#[expect(clippy::cast_precision_loss, reason = "a rate for display")]
fn rate(tasks: usize, took: Duration) -> f64 {
    tasks as f64 / took.as_secs_f64()
}

fn best(round: impl Fn() -> [Option<f64>; 3]) -> [Option<f64>; 3] {
    let mut best = [None; 3];
    for _ in 0..ROUNDS {
        for (best, rate) in best.iter_mut().zip(round()) {
            *best = rate.map(|rate: f64| best.map_or(rate, |best: f64| best.max(rate)));
        }
    }
    best
}
