//! Measures the docket in Redis.

use std::time::{Duration, Instant};

use fastmcp::docket::Docket;

use crate::{BATCH, measure};

fn docket(url: &str) -> Docket {
    Docket::redis(format!("bench-{:016x}", fastrand::u64(..)), url).expect("the URL is valid")
}

pub(crate) async fn add(url: &str, items: usize, batch: usize) -> Duration {
    let docket = docket(url);
    docket.check().await.expect("Redis replies");
    let begin = Instant::now();
    measure::fill(&docket, items, batch).await;
    begin.elapsed()
}

pub(crate) async fn drain(url: &str, items: usize, concurrency: usize) -> Duration {
    let docket = docket(url);
    measure::fill(&docket, items, BATCH).await;
    measure::drain(&docket, items, concurrency).await
}

pub(crate) async fn stats(url: &str, items: usize) -> Vec<Duration> {
    let docket = docket(url);
    measure::fill(&docket, items, BATCH).await;
    measure::stats(&docket, items).await
}

pub(crate) async fn latency(url: &str, samples: usize) -> Vec<Duration> {
    measure::latency(&docket(url), samples, Duration::from_millis(1)).await
}
