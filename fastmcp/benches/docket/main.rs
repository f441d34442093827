//! Benchmarks the memory docket against the limit of the runtime and apalis in memory.
//!
//! `cargo bench -p fastmcp --bench docket [-- --json] [-- --only ROW]`. The limit has no guarantees: a
//! channel, a semaphore and `tokio::spawn`. Compare the ratios; absolute numbers depend on the machine.

mod apalis;
mod limit;
mod measure;
mod memory_use;
mod ours;
mod report;

use std::future::Future;
use std::time::Duration;

use report::{Percentiles, Report};

/// Executions per throughput run.
const TASKS: usize = 200_000;
/// The number of executions in a docket whose statistics are measured.
const MILLION: usize = 1_000_000;
/// Samples per latency run.
const SAMPLES: usize = 5_000;
/// Rounds per row. The contestants take turns, and the best round of each counts.
const ROUNDS: usize = 5;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(place) = arguments.iter().position(|argument| argument == "--fill") {
        let bytes = match arguments.get(place + 1).map(String::as_str) {
            Some("ours") => run(memory_use::per_item(ours::fill)),
            Some("limit") => run(memory_use::per_item(limit::fill)),
            _ => run(memory_use::per_item(apalis::fill)),
        };
        println!("{bytes}");
        return;
    }
    let value = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1).cloned()
    };
    let json = arguments.iter().any(|argument| argument == "--json");
    let report = Report::new("docket", json, value("--only"));
    throughput(&report);
    latency(&report);
    report.row("stats_million_us", "us", || {
        let samples = run(ours::stats(MILLION));
        [Some(Percentiles::of(samples).p50), None, None]
    });
    report.row("bytes_per_pending", "bytes", || {
        ["ours", "limit", "apalis"].map(memory_use::in_a_fresh_process)
    });
}

fn throughput(report: &Report) {
    report.row("add", "tasks/s", || {
        best(|| {
            [
                run(ours::add(TASKS)),
                run(limit::add(TASKS)),
                run(apalis::add(TASKS)),
            ]
        })
    });
    for (row, concurrency) in [("drain_10", 10), ("drain_1000", 1000)] {
        report.row(row, "tasks/s", || {
            best(|| {
                [
                    run(ours::drain(TASKS, concurrency)),
                    run(limit::drain(TASKS, concurrency)),
                    run(apalis::drain(TASKS, concurrency)),
                ]
            })
        });
    }
}

fn latency(report: &Report) {
    let [ours, limit, apalis] = [
        run(ours::latency(SAMPLES)),
        run(limit::latency(SAMPLES)),
        run(apalis::latency(SAMPLES)),
    ]
    .map(Percentiles::of);
    report.row("latency_p50_us", "us", || {
        [ours.p50, limit.p50, apalis.p50].map(Some)
    });
    report.row("latency_p99_us", "us", || {
        [ours.p99, limit.p99, apalis.p99].map(Some)
    });
    // apalis has no scheduled tasks in memory.
    let [ours, limit] =
        [run(ours::lateness(SAMPLES)), run(limit::lateness(SAMPLES))].map(Percentiles::of);
    report.row("lateness_p50_us", "us", || {
        [Some(ours.p50), Some(limit.p50), None]
    });
    report.row("lateness_p99_us", "us", || {
        [Some(ours.p99), Some(limit.p99), None]
    });
}

/// Runs `work` on a new runtime with two threads, the size of the reference machine.
fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_time()
        .build()
        .expect("the runtime starts")
        .block_on(work)
}

fn best(round: impl Fn() -> [Duration; 3]) -> [Option<f64>; 3] {
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        for (best, took) in best.iter_mut().zip(round()) {
            *best = took.min(*best);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for display")]
    best.map(|took| Some(TASKS as f64 / took.as_secs_f64()))
}
