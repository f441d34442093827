//! Benchmarks Redis and the connection alone: a stream, filled and read in batches, which guarantees only delivery.

use std::time::{Duration, Instant};

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Value};
use tokio::sync::mpsc;

async fn connect(url: &str) -> MultiplexedConnection {
    let client = redis::Client::open(url).expect("a URL");
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    client
        .get_multiplexed_async_connection_with_config(&config)
        .await
        .expect("Redis")
}

async fn fill(connection: &mut MultiplexedConnection, stream: &str, items: usize, batch: usize) {
    for _ in 0..items / batch {
        let mut pipeline = redis::pipe();
        for _ in 0..batch {
            pipeline.cmd("XADD").arg(stream).arg("*");
            pipeline.arg("task").arg("noop").arg("args").arg("[1]");
        }
        let answer = pipeline.query_async::<Value>(connection).await;
        answer.expect("added");
    }
}

fn name() -> String {
    format!("limit-{:016x}", fastrand::u64(..))
}

pub(crate) async fn add(url: &str, items: usize, batch: usize) -> Duration {
    let mut connection = connect(url).await;
    let begin = Instant::now();
    fill(&mut connection, &name(), items, batch).await;
    begin.elapsed()
}

async fn group(connection: &mut MultiplexedConnection, stream: &str) {
    let mut create = redis::cmd("XGROUP");
    create
        .arg("CREATE")
        .arg(stream)
        .arg("group")
        .arg("0")
        .arg("MKSTREAM");
    create.exec_async(connection).await.expect("a group");
}

/// Reads and acknowledges up to `count` entries and returns their number.
async fn take(connection: &mut MultiplexedConnection, stream: &str, count: usize) -> usize {
    let mut read = redis::cmd("XREADGROUP");
    read.arg("GROUP")
        .arg("group")
        .arg("consumer")
        .arg("COUNT")
        .arg(count);
    read.arg("BLOCK").arg(0).arg("STREAMS").arg(stream).arg(">");
    let answer = read.query_async::<Value>(connection).await;
    let mut acknowledge = redis::cmd("XACK");
    acknowledge.arg(stream).arg("group");
    let mut taken = 0;
    if let Value::Array(streams) = answer.expect("entries") {
        for value in streams {
            let Value::Array(mut pair) = value else {
                continue;
            };
            let Some(Value::Array(entries)) = pair.pop() else {
                continue;
            };
            for entry in entries {
                let Value::Array(parts) = entry else { continue };
                if let Some(Value::BulkString(id)) = parts.into_iter().next() {
                    acknowledge.arg(id);
                    taken += 1;
                }
            }
        }
    }
    acknowledge
        .exec_async(connection)
        .await
        .expect("acknowledged");
    taken
}

pub(crate) async fn drain(url: &str, items: usize, concurrency: usize) -> Duration {
    let mut connection = connect(url).await;
    let stream = name();
    fill(&mut connection, &stream, items, super::BATCH).await;
    group(&mut connection, &stream).await;
    let begin = Instant::now();
    let mut taken = 0;
    while taken < items {
        taken += take(&mut connection, &stream, concurrency).await;
    }
    begin.elapsed()
}

pub(crate) async fn latency(url: &str, samples: usize) -> Vec<Duration> {
    let (mut adds, mut reads) = (connect(url).await, connect(url).await);
    let stream = name();
    group(&mut adds, &stream).await;
    let (ran, mut runs) = mpsc::unbounded_channel();
    let reader = tokio::spawn({
        let stream = stream.clone();
        async move {
            loop {
                take(&mut reads, &stream, 10).await;
                let _ = ran.send(Instant::now());
            }
        }
    });
    let mut latencies = Vec::with_capacity(samples);
    for _ in 0..samples {
        let begin = Instant::now();
        fill(&mut adds, &stream, 1, 1).await;
        let ran = runs.recv().await.expect("a run");
        latencies.push(ran.saturating_duration_since(begin));
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    reader.abort();
    latencies
}
