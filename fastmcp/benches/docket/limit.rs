//! Measures the upper limit of the runtime: a channel, a semaphore and `tokio::spawn`, without any guarantees.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, mpsc};

/// The same small payload as for the other contestants.
type Message = (&'static str, Box<[u8]>);

fn message() -> Message {
    ("noop", Box::from(&b"[1]"[..]))
}

pub(crate) async fn fill(items: usize) -> mpsc::UnboundedReceiver<Message> {
    let (sender, receiver) = mpsc::unbounded_channel();
    for _ in 0..items {
        sender.send(message()).expect("the receiver exists");
    }
    receiver
}

#[expect(
    clippy::unused_async,
    reason = "all contestants have the same signature"
)]
pub(crate) async fn add(items: usize) -> Duration {
    let (sender, _receiver) = mpsc::unbounded_channel();
    let begin = Instant::now();
    for _ in 0..items {
        sender.send(message()).expect("the receiver exists");
    }
    begin.elapsed()
}

pub(crate) async fn drain(items: usize, concurrency: usize) -> Duration {
    let mut receiver = fill(items).await;
    let ran = Arc::new(AtomicUsize::new(0));
    let slots = Arc::new(Semaphore::new(concurrency));
    let begin = Instant::now();
    let counter = ran.clone();
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            let slot = slots.clone().acquire_owned().await.expect("open");
            let ran = counter.clone();
            tokio::spawn(async move {
                std::hint::black_box(&message);
                ran.fetch_add(1, Ordering::Relaxed);
                drop(slot);
            });
        }
        let all = u32::try_from(concurrency).expect("few");
        drop(slots.acquire_many(all).await.expect("open"));
    })
    .await
    .expect("the task does not panic");
    let took = begin.elapsed();
    assert_eq!(ran.load(Ordering::Relaxed), items);
    took
}

pub(crate) async fn latency(samples: usize) -> Vec<Duration> {
    let (sender, mut receiver) = mpsc::unbounded_channel::<Message>();
    let (ran, mut runs) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(message) = receiver.recv().await {
            let ran = ran.clone();
            tokio::spawn(async move {
                std::hint::black_box(&message);
                let _ = ran.send(Instant::now());
            });
        }
    });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        sender.send(message()).expect("the receiver exists");
        latencies.push(runs.recv().await.expect("the body runs") - begin);
        tokio::task::yield_now().await;
    }
    latencies
}

pub(crate) async fn lateness(samples: usize) -> Vec<Duration> {
    let (ran, mut runs) = mpsc::unbounded_channel();
    for delay in delays(samples) {
        let ran = ran.clone();
        let due = Instant::now() + delay;
        tokio::spawn(async move {
            tokio::time::sleep_until(due.into()).await;
            let _ = ran.send(Instant::now().saturating_duration_since(due));
        });
    }
    let mut lateness = Vec::with_capacity(samples);
    for _ in 0..samples {
        lateness.push(runs.recv().await.expect("the body runs"));
    }
    lateness
}

/// Returns delays from 0.5 to 2.5 seconds in mixed order. The first is due only after the last has been added.
pub(crate) fn delays(samples: usize) -> impl Iterator<Item = Duration> {
    let mut random = fastrand::Rng::with_seed(7);
    (0..samples).map(move |_| Duration::from_micros(random.u64(500_000..2_500_000)))
}
