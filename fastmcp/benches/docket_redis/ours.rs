//! Benchmarks the docket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Handlers, Name, Outcome, Policy, Submission, Worker};
use tokio::sync::mpsc;

const TASK: Name = Name::from_static("noop");

fn docket(url: &str) -> Docket {
    Docket::redis(format!("bench-{:016x}", fastrand::u64(..)), url).expect("a URL")
}

async fn fill(docket: &Docket, items: usize, batch: usize) {
    for _ in 0..items / batch {
        if batch == 1 {
            let submission = Submission::new(TASK, "[1]");
            docket.submit(submission).await.expect("room");
            continue;
        }
        let batch = (0..batch).map(|_| Submission::new(TASK, "[1]"));
        for answer in docket.submit_many(batch).await.expect("accepted") {
            answer.expect("room");
        }
    }
}

pub(crate) async fn add(url: &str, items: usize, batch: usize) -> Duration {
    let docket = docket(url);
    docket.check().await.expect("Redis");
    let begin = Instant::now();
    fill(&docket, items, batch).await;
    begin.elapsed()
}

pub(crate) async fn drain(url: &str, items: usize, concurrency: usize) -> Duration {
    let docket = docket(url);
    fill(&docket, items, super::BATCH).await;
    let ran = Arc::new(AtomicUsize::new(0));
    let counter = ran.clone();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .concurrency(concurrency)
        .build()
        .expect("a worker");
    let begin = Instant::now();
    worker.run_until_finished().await.expect("finished");
    let took = begin.elapsed();
    assert_eq!(ran.load(Ordering::Relaxed), items);
    took
}

/// Measures the time from the submission to the start of the body, one at a time.
pub(crate) async fn latency(url: &str, samples: usize) -> Vec<Duration> {
    let docket = docket(url);
    let (ran, mut runs) = mpsc::unbounded_channel();
    let handlers = Handlers::new().task(TASK, Policy::default(), move |_| {
        let _ = ran.send(Instant::now());
        async { Outcome::done() }
    });
    let worker = Worker::builder(&docket, Arc::new(handlers))
        .build()
        .expect("a worker");
    let call = tokio::spawn(async move { worker.run_forever().await });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        docket
            .submit(Submission::new(TASK, "[1]"))
            .await
            .expect("room");
        let ran = runs.recv().await.expect("a run");
        latencies.push(ran.saturating_duration_since(begin));
        // Waits until the run is settled and the worker sleeps.
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    call.abort();
    latencies
}
