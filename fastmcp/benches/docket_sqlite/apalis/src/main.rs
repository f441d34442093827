//! Measures apalis in a file: `apalis add|drain power|process ITEMS PARALLEL PATH` prints tasks per second.

use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apalis::prelude::{Data, ParallelizeExt, TaskSink, WorkerBuilder, WorkerBuilderExt};
use apalis_sqlite::{Config, SqlitePool, SqliteStorage};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Notify;

type Payload = Vec<u32>;

async fn pool(grade: &str, path: &str) -> SqlitePool {
    let synchronous = match grade {
        "power" => SqliteSynchronous::Full,
        _ => SqliteSynchronous::Normal,
    };
    let options = SqliteConnectOptions::from_str(path)
        .expect("the path is valid")
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .busy_timeout(Duration::from_secs(30));
    let open = async |options| {
        let pool = SqlitePoolOptions::new().max_connections(4);
        let pool = pool.connect_with(options).await;
        pool.expect("the file can be opened")
    };
    // `setup` sets `synchronous = OFF` on a connection of its pool, so the measurement needs another pool.
    let first = open(options.clone()).await;
    SqliteStorage::setup(&first).await.expect("created");
    first.close().await;
    open(options).await
}

async fn ended(pool: &SqlitePool) -> usize {
    let query = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM Jobs WHERE status = 'Done'");
    let ended = query.fetch_one(pool).await.expect("read");
    usize::try_from(ended).unwrap_or_default()
}

async fn count(payload: Payload, count: Data<Arc<(AtomicUsize, Notify)>>) {
    std::hint::black_box(&payload);
    let (left, is_done) = &**count;
    if left.fetch_sub(1, Ordering::Relaxed) == 1 {
        is_done.notify_one();
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, grade, items, parallel, path] = &arguments[..] else {
        panic!("usage: apalis add|drain power|process ITEMS PARALLEL PATH");
    };
    let items: usize = items.parse().expect("a number");
    let parallel: usize = parallel.parse().expect("a number");
    let pool = pool(grade, path).await;
    let config = Config::default().queue("bench").batch_size(parallel);
    let storage = SqliteStorage::<Payload>::new(&pool).with_config(config);
    let begin = Instant::now();
    let took = if what == "add" {
        let calls: Vec<_> = (0..parallel)
            .map(|_| {
                let mut storage = storage.clone();
                tokio::spawn(async move {
                    for _ in 0..items.div_ceil(parallel) {
                        storage.push(vec![1]).await.expect("stored");
                    }
                })
            })
            .collect();
        for call in calls {
            call.await.expect("the caller ends");
        }
        begin.elapsed()
    } else {
        let mut filled = storage.clone();
        filled
            .push_bulk(vec![vec![1]; items])
            .await
            .expect("stored");
        let left = Arc::new((AtomicUsize::new(items), Notify::new()));
        let begin = Instant::now();
        let worker = WorkerBuilder::new("bench")
            .backend(storage)
            .concurrency(parallel)
            .parallelize(tokio::spawn)
            .data(left.clone())
            .build(count);
        let mut call = tokio::spawn(worker.run());
        tokio::select! {
            () = left.1.notified() => {}
            ended = &mut call => panic!("apalis stopped: {ended:?}"),
        }
        // All bodies have begun. The time counts until their ends are stored.
        while ended(&pool).await < items {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        call.abort();
        begin.elapsed()
    };
    println!("{}", items as f64 / took.as_secs_f64());
}
