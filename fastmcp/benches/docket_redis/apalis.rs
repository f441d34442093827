//! Measures apalis in Redis, with the same batch size as the docket.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::{Data, ParallelizeExt, TaskSink, WorkerBuilder, WorkerBuilderExt};
use apalis_redis::{Config, RedisStorage};
use tokio::sync::{Notify, mpsc};

type Payload = Vec<u32>;

async fn storage(url: &str) -> RedisStorage<Payload> {
    let connection = apalis_redis::connect(url).await.expect("Redis");
    let queue = format!("apalis-{:016x}", fastrand::u64(..));
    let config = Config::default().queue(queue).batch_size(super::BATCH);
    RedisStorage::new(connection).with_config(config)
}

async fn fill(storage: &mut RedisStorage<Payload>, items: usize, batch: usize) {
    for _ in 0..items / batch {
        if batch == 1 {
            storage.push(vec![1]).await.expect("room");
        } else {
            let batch = vec![vec![1]; batch];
            storage.push_bulk(batch).await.expect("room");
        }
    }
}

pub(crate) async fn add(url: &str, items: usize, batch: usize) -> Duration {
    let mut storage = storage(url).await;
    let begin = Instant::now();
    fill(&mut storage, items, batch).await;
    begin.elapsed()
}

/// Counts the bodies that ran, and sends an event after the last.
struct Count {
    left: AtomicUsize,
    all: Notify,
}

async fn count(payload: Payload, count: Data<Arc<Count>>) {
    std::hint::black_box(&payload);
    if count.left.fetch_sub(1, Ordering::Relaxed) == 1 {
        count.all.notify_one();
    }
}

/// The number of tasks to drain. With more than some thousands, apalis's Lua script fails ("too many results to
/// unpack").
const DRAINED: usize = 4000;

/// Measures the time to drain fewer tasks, scaled to `items`.
pub(crate) async fn drain(url: &str, items: usize, concurrency: usize) -> Duration {
    let scale = u32::try_from(items / DRAINED).expect("the scale is small");
    let items = DRAINED;
    let mut storage = storage(url).await;
    fill(&mut storage, items, super::BATCH).await;
    let left = Arc::new(Count {
        left: AtomicUsize::new(items),
        all: Notify::new(),
    });
    let begin = Instant::now();
    let worker = WorkerBuilder::new("bench")
        .backend(storage)
        .concurrency(concurrency)
        .parallelize(tokio::spawn)
        .data(left.clone())
        .build(count);
    let mut call = tokio::spawn(worker.run());
    tokio::select! {
        () = left.all.notified() => {}
        ended = &mut call => panic!("apalis stopped: {ended:?}"),
    }
    let took = begin.elapsed();
    call.abort();
    took * scale
}

async fn send_time(_payload: Payload, ran: Data<mpsc::UnboundedSender<Instant>>) {
    let _ = ran.send(Instant::now());
}

pub(crate) async fn latency(url: &str, samples: usize) -> Vec<Duration> {
    let mut storage = storage(url).await;
    // apalis polls at its heartbeats, every 30 seconds by default.
    let often = storage
        .get_config()
        .clone()
        .heartbeat_interval(Duration::from_millis(5));
    storage = storage.with_config(often);
    let (ran, mut runs) = mpsc::unbounded_channel::<Instant>();
    let worker = WorkerBuilder::new("bench")
        .backend(storage.clone())
        .parallelize(tokio::spawn)
        .data(ran)
        .build(send_time);
    let call = tokio::spawn(worker.run());
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        storage.push(vec![1]).await.expect("room");
        let Ok(Some(ran)) = tokio::time::timeout(Duration::from_secs(5), runs.recv()).await else {
            // The worker has stopped, so there is no result.
            return Vec::new();
        };
        latencies.push(ran.saturating_duration_since(begin));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    call.abort();
    latencies
}
