//! Measures the docket.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Durability, Handlers, Name, Outcome, Policy, Submission, Worker};
use tokio::sync::mpsc;

pub(crate) const TASK: Name = Name::from_static("noop");

pub(crate) fn open(path: &Path, durability: Durability) -> Docket {
    Docket::builder("bench")
        .durability(durability)
        .sqlite(path)
        .expect("the path is valid")
}

pub(crate) async fn fill(path: &Path, durability: Durability, items: usize) -> Docket {
    let docket = open(path, durability);
    for _ in 0..items / 500 {
        let batch = (0..500).map(|_| Submission::new(TASK, "[1]"));
        for answer in docket.submit_many(batch).await.expect("accepted") {
            answer.expect("the docket has room");
        }
    }
    docket
}

pub(crate) async fn add(
    path: &Path,
    durability: Durability,
    items: usize,
    callers: usize,
) -> Duration {
    let docket = open(path, durability);
    docket.check().await.expect("the file can be opened");
    let begin = Instant::now();
    let calls: Vec<_> = (0..callers)
        .map(|_| {
            let docket = docket.clone();
            tokio::spawn(async move {
                for _ in 0..items / callers {
                    let submission = Submission::new(TASK, "[1]");
                    docket.submit(submission).await.expect("accepted");
                }
            })
        })
        .collect();
    for call in calls {
        call.await.expect("the caller ends");
    }
    begin.elapsed()
}

pub(crate) async fn drain(
    path: &Path,
    durability: Durability,
    items: usize,
    concurrency: usize,
) -> Duration {
    let docket = fill(path, durability, items).await;
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = ran.clone();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .concurrency(concurrency)
        .build()
        .expect("the options are valid");
    let begin = Instant::now();
    worker.run_until_finished().await.expect("finished");
    let took = begin.elapsed();
    assert_eq!(ran.load(Ordering::Relaxed), items);
    took
}

/// Measures the statistics, as a health check reads them.
pub(crate) async fn stats(docket: &Docket) -> Vec<Duration> {
    let mut samples = Vec::new();
    for _ in 0..50 {
        let begin = Instant::now();
        let stats = docket.stats().await.expect("the store replies");
        samples.push(begin.elapsed());
        assert_eq!(stats.counts.queued, crate::MILLION);
    }
    samples
}

fn timed(docket: &Docket) -> (Worker, mpsc::UnboundedReceiver<Instant>) {
    let (ran, runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        let _ = ran.send(Instant::now());
        async { Outcome::done() }
    });
    let worker = Worker::builder(docket, Arc::new(handlers))
        .build()
        .expect("the options are valid");
    (worker, runs)
}

/// Measures the time from before a submission until its body runs, one at a time.
pub(crate) async fn latency(path: &Path, durability: Durability, samples: usize) -> Vec<Duration> {
    let docket = open(path, durability);
    let (worker, mut runs) = timed(&docket);
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        // The worker is idle again.
        tokio::time::sleep(Duration::from_millis(5)).await;
        let begin = Instant::now();
        docket
            .submit(Submission::new(TASK, "[1]"))
            .await
            .expect("accepted");
        let ran = runs.recv().await.expect("the body runs");
        latencies.push(ran.saturating_duration_since(begin));
    }
    call.abort();
    latencies
}

/// Measures the time from opening a file until the first body runs.
pub(crate) async fn first_body(path: &Path, durability: Durability) -> Duration {
    let begin = Instant::now();
    let docket = open(path, durability);
    let (worker, mut runs) = timed(&docket);
    let call = tokio::spawn(async move { worker.run_forever().await });
    let ran = runs.recv().await.expect("the body runs");
    call.abort();
    ran.saturating_duration_since(begin)
}
