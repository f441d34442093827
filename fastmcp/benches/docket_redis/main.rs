//! Benchmarks the docket in Redis against the limit of Redis itself and apalis, on one server started for the benchmark.
//!
//! `cargo bench -p fastmcp --features redis --bench docket_redis [-- --json] [-- --only ROW]`. The limit guarantees
//! delivery only: a pipelined `XADD`, and `XREADGROUP` with `XACK`. The server persists nothing for any of the three.
//! Compare the ratios; absolute numbers depend on the machine.

mod apalis;
mod limit;
#[path = "../docket/measure.rs"]
mod measure;
mod ours;
#[path = "../docket/report.rs"]
mod report;
#[path = "../../tests/support/redis.rs"]
mod server;

use std::future::Future;
use std::time::Duration;

use report::{Percentiles, Report};
use server::RedisServer;

/// Executions per throughput run.
const TASKS: usize = 20_000;
/// Executions per run without batches.
const SINGLE: usize = 5_000;
/// Executions per batch.
const BATCH: usize = 500;
/// The number of concurrent executions.
const CONCURRENCY: usize = 1000;
/// The number of executions in a docket whose statistics are measured.
const MANY: usize = 100_000;
/// Samples per latency run.
const SAMPLES: usize = 2_000;
/// Rounds per row. The contestants take turns, and the best round of each counts.
const ROUNDS: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |flag: &str| {
        let place = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(place + 1).cloned()
    };
    let json = arguments.iter().any(|argument| argument == "--json");
    let Some(server) = RedisServer::start() else {
        return;
    };
    let report = Report::new("docket_redis", json, value("--only"));
    let url = &server.url();
    report.row("add", "tasks/s", || {
        best(&server, SINGLE, || {
            [
                run(ours::add(url, SINGLE, 1)),
                run(limit::add(url, SINGLE, 1)),
                run(apalis::add(url, SINGLE, 1)),
            ]
        })
    });
    report.row("add_many", "tasks/s", || {
        best(&server, TASKS, || {
            [
                run(ours::add(url, TASKS, BATCH)),
                run(limit::add(url, TASKS, BATCH)),
                run(apalis::add(url, TASKS, BATCH)),
            ]
        })
    });
    report.row("drain", "tasks/s", || {
        best(&server, TASKS, || {
            [
                run(ours::drain(url, TASKS, CONCURRENCY)),
                run(limit::drain(url, TASKS, CONCURRENCY)),
                run(apalis::drain(url, TASKS, CONCURRENCY)),
            ]
        })
    });
    let latency = std::cell::OnceCell::new();
    let latency = || {
        *latency.get_or_init(|| {
            [
                run(ours::latency(url, SAMPLES)),
                run(limit::latency(url, SAMPLES)),
                run(apalis::latency(url, SAMPLES / 10)),
            ]
            .map(|samples| (!samples.is_empty()).then(|| Percentiles::of(samples)))
        })
    };
    report.row("latency_p50_us", "us", || {
        latency().map(|figures| Some(figures?.p50))
    });
    report.row("latency_p99_us", "us", || {
        latency().map(|figures| Some(figures?.p99))
    });
    report.row("stats_of_100_000", "us", || {
        server.send("FLUSHALL");
        let samples = run(ours::stats(url, MANY));
        [Some(Percentiles::of(samples).p50), None, None]
    });
    report.row("connections", "", || {
        let ours = most_connections(&server, || run(ours::drain(url, TASKS, CONCURRENCY)));
        let limit = most_connections(&server, || run(limit::drain(url, TASKS, CONCURRENCY)));
        let apalis = most_connections(&server, || run(apalis::drain(url, TASKS, CONCURRENCY)));
        [Some(ours), Some(limit), Some(apalis)]
    });
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

fn best(server: &RedisServer, tasks: usize, round: impl Fn() -> [Duration; 3]) -> [Option<f64>; 3] {
    let mut best = [Duration::MAX; 3];
    for _ in 0..ROUNDS {
        server.send("FLUSHALL");
        for (best, took) in best.iter_mut().zip(round()) {
            *best = took.min(*best);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a rate for display")]
    best.map(|took| Some(tasks as f64 / took.as_secs_f64()))
}

/// Returns the highest number of connections during `work`, excluding the counting connection itself.
fn most_connections(server: &RedisServer, work: impl FnOnce() -> Duration) -> f64 {
    server.send("FLUSHALL");
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let most = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            let mut most = 0;
            while !is_over.load(std::sync::atomic::Ordering::Relaxed) {
                let clients = server.send("CLIENT LIST TYPE normal");
                most = most.max(clients.matches("id=").count().saturating_sub(1));
                std::thread::sleep(Duration::from_millis(5));
            }
            most
        });
        work();
        is_over.store(true, std::sync::atomic::Ordering::Relaxed);
        watch.join().unwrap_or_default()
    });
    #[expect(clippy::cast_precision_loss, reason = "a small number")]
    let most = most as f64;
    most
}
