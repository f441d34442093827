//! Measures the docket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Handlers, Name, Outcome, Policy, Submission, Worker};
use tokio::sync::mpsc;

const TASK: Name = Name::from_static("noop");

fn submission() -> Submission {
    Submission::new(TASK, "[1]")
}

pub(crate) async fn fill(items: usize) -> Docket {
    let docket = Docket::memory("bench");
    for _ in 0..items {
        docket
            .submit(submission())
            .await
            .expect("the docket has room");
    }
    docket
}

pub(crate) async fn add(items: usize) -> Duration {
    let docket = Docket::memory("bench");
    let begin = Instant::now();
    for _ in 0..items {
        docket
            .submit(submission())
            .await
            .expect("the docket has room");
    }
    begin.elapsed()
}

pub(crate) async fn drain(items: usize, concurrency: usize) -> Duration {
    let docket = fill(items).await;
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

/// Measures the statistics of a full docket, as a health check reads them.
pub(crate) async fn stats(items: usize) -> Vec<Duration> {
    let docket = fill(items).await;
    let mut samples = Vec::new();
    for _ in 0..50 {
        let begin = Instant::now();
        let stats = docket.stats().await.expect("the store replies");
        samples.push(begin.elapsed());
        assert_eq!(stats.counts.queued, items);
    }
    samples
}

/// Measures the time from before a submission until its body runs, one at a time.
pub(crate) async fn latency(samples: usize) -> Vec<Duration> {
    let docket = Docket::memory("bench");
    let (ran, mut runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        let _ = ran.send(Instant::now());
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .build()
        .expect("the options are valid");
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        docket
            .submit(submission())
            .await
            .expect("the docket has room");
        latencies.push(runs.recv().await.expect("the body runs") - begin);
        tokio::task::yield_now().await;
    }
    call.abort();
    latencies
}

/// Measures how long after its due time a body runs, with the due times spread over two seconds.
pub(crate) async fn lateness(samples: usize) -> Vec<Duration> {
    let docket = Docket::memory("bench");
    let (ran, mut runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |delivery| {
        let index: usize = serde_json::from_slice(delivery.payload()).unwrap_or_default();
        let _ = ran.send((index, Instant::now()));
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .concurrency(1000)
        .build()
        .expect("the options are valid");
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut due = Vec::with_capacity(samples);
    for (index, delay) in crate::limit::delays(samples).enumerate() {
        let payload = index.to_string();
        due.push(Instant::now() + delay);
        let submission = Submission::new(TASK, payload).after(delay);
        docket
            .submit(submission)
            .await
            .expect("the docket has room");
    }
    let mut lateness = Vec::with_capacity(samples);
    for _ in 0..samples {
        let (index, at) = runs.recv().await.expect("the body runs");
        lateness.push(at.saturating_duration_since(due[index]));
    }
    call.abort();
    lateness
}
