//! Measures the docket in a file.

use std::path::Path;
use std::time::{Duration, Instant};

use fastmcp::docket::{Docket, Durability};

use crate::measure;

/// The number of executions in one call of `submit_many`.
const BATCH: usize = 500;

pub(crate) fn open(path: &Path, durability: Durability) -> Docket {
    Docket::builder("bench")
        .durability(durability)
        .sqlite(path)
        .expect("the path is valid")
}

pub(crate) async fn fill(docket: &Docket, items: usize) {
    measure::fill(docket, items, BATCH).await;
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
            tokio::spawn(async move { measure::fill(&docket, items / callers, 1).await })
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
    let docket = open(path, durability);
    fill(&docket, items).await;
    measure::drain(&docket, items, concurrency).await
}

pub(crate) async fn stats(path: &Path, items: usize) -> Vec<Duration> {
    let docket = open(path, Durability::Process);
    fill(&docket, items).await;
    measure::stats(&docket, items).await
}

pub(crate) async fn latency(path: &Path, durability: Durability, samples: usize) -> Vec<Duration> {
    measure::latency(&open(path, durability), samples, Duration::from_millis(5)).await
}
