//! Measures a docket, whatever its store is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Handlers, Name, Outcome, Policy, Submission, Worker};
use tokio::sync::mpsc;

pub(crate) const TASK: Name = Name::from_static("noop");

pub(crate) fn submission() -> Submission {
    Submission::new(TASK, "[1]")
}

pub(crate) async fn add_one(docket: &Docket) {
    docket
        .submit(submission())
        .await
        .expect("the docket has room");
}

/// Adds executions in batches, or one by one if `batch` is 1.
pub(crate) async fn fill(docket: &Docket, items: usize, batch: usize) {
    for _ in 0..items / batch {
        if batch == 1 {
            add_one(docket).await;
            continue;
        }
        let batch = (0..batch).map(|_| submission());
        for answer in docket.submit_many(batch).await.expect("the store replies") {
            answer.expect("the docket has room");
        }
    }
}

/// Measures the time in which a worker runs the `items` queued executions.
pub(crate) async fn drain(docket: &Docket, items: usize, concurrency: usize) -> Duration {
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = ran.clone();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Outcome::done() }
    });
    let worker = Worker::builder(docket, Arc::new(handlers))
        .concurrency(concurrency)
        .build()
        .expect("the options are valid");
    let begin = Instant::now();
    worker.run_until_finished().await.expect("finished");
    let took = begin.elapsed();
    assert_eq!(ran.load(Ordering::Relaxed), items);
    took
}

/// Measures the statistics of `items` queued executions, as a health check reads them.
pub(crate) async fn stats(docket: &Docket, items: usize) -> Vec<Duration> {
    let mut samples = Vec::new();
    for _ in 0..50 {
        let begin = Instant::now();
        let stats = docket.stats().await.expect("the store replies");
        samples.push(begin.elapsed());
        assert_eq!(stats.counts.queued, items);
    }
    samples
}

/// Measures the time from before a submission until its body runs, one at a time, with a pause in which the run settles
/// and the worker falls asleep.
pub(crate) async fn latency(docket: &Docket, samples: usize, pause: Duration) -> Vec<Duration> {
    let (ran, mut runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        let _ = ran.send(Instant::now());
        async { Outcome::done() }
    });
    let worker = Worker::builder(docket, Arc::new(handlers))
        .build()
        .expect("the options are valid");
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        if pause.is_zero() {
            tokio::task::yield_now().await;
        } else {
            tokio::time::sleep(pause).await;
        }
        let begin = Instant::now();
        add_one(docket).await;
        let ran = runs.recv().await.expect("the body runs");
        latencies.push(ran.saturating_duration_since(begin));
    }
    call.abort();
    latencies
}
