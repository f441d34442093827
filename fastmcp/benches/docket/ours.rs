//! Measures the docket in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Handlers, Outcome, Policy, Submission, Worker};
use tokio::sync::mpsc;

use crate::measure::{self, TASK};

pub(crate) async fn fill(items: usize) -> Docket {
    let docket = Docket::memory("bench");
    measure::fill(&docket, items, 1).await;
    docket
}

pub(crate) async fn add(items: usize) -> Duration {
    let docket = Docket::memory("bench");
    let begin = Instant::now();
    measure::fill(&docket, items, 1).await;
    begin.elapsed()
}

pub(crate) async fn drain(items: usize, concurrency: usize) -> Duration {
    measure::drain(&fill(items).await, items, concurrency).await
}

pub(crate) async fn stats(items: usize) -> Vec<Duration> {
    measure::stats(&fill(items).await, items).await
}

pub(crate) async fn latency(samples: usize) -> Vec<Duration> {
    measure::latency(&Docket::memory("bench"), samples, Duration::ZERO).await
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
