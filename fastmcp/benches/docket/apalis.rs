//! Benchmarks apalis in memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::{
    Data, MemorySink, MemoryStorage, ParallelizeExt, Task, TaskSink, WorkerBuilder,
    WorkerBuilderExt,
};
use futures_util::lock::Mutex;
use futures_util::{SinkExt, StreamExt, sink, stream};
use tokio::sync::{Notify, mpsc};

type Payload = Box<[u8]>;

fn payload() -> Payload {
    Box::from(&b"[1]"[..])
}

pub(crate) async fn fill(items: usize) -> MemoryStorage<Payload> {
    let mut storage = MemoryStorage::new();
    for _ in 0..items {
        storage.push(payload()).await.expect("room");
    }
    storage
}

pub(crate) async fn add(items: usize) -> Duration {
    let mut storage = MemoryStorage::new();
    let begin = Instant::now();
    for _ in 0..items {
        storage.push(payload()).await.expect("room");
    }
    begin.elapsed()
}

/// Counts finished bodies and notifies when all have run.
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

pub(crate) async fn drain(items: usize, concurrency: usize) -> Duration {
    let storage = fill(items).await;
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
    let call = tokio::spawn(worker.run());
    left.all.notified().await;
    let took = begin.elapsed();
    call.abort();
    took
}

async fn tell(_payload: Payload, ran: Data<mpsc::UnboundedSender<Instant>>) {
    let _ = ran.send(Instant::now());
}

pub(crate) async fn latency(samples: usize) -> Vec<Duration> {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Payload>();
    let (ran, mut runs) = mpsc::unbounded_channel::<Instant>();
    let tasks = stream::poll_fn(move |context| receiver.poll_recv(context)).map(Task::new);
    // Tasks are not sent through the storage: its sink cannot be shared with a running worker.
    let nowhere = sink::drain().sink_map_err(|never| match never {});
    let storage = MemoryStorage::new_with(
        MemorySink::new(Arc::new(Mutex::new(Box::new(nowhere)))),
        tasks.boxed(),
    );
    let worker = WorkerBuilder::new("bench")
        .backend(storage)
        .parallelize(tokio::spawn)
        .data(ran)
        .build(tell);
    let call = tokio::spawn(worker.run());
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        sender.send(payload()).expect("a receiver");
        latencies.push(runs.recv().await.expect("a run") - begin);
        tokio::task::yield_now().await;
    }
    call.abort();
    latencies
}
