//! Conditions that only a docket in Redis meets: other processes, foreign data, outages. The contract is in `contract`.
#![cfg(feature = "redis")]

mod hand_written;
mod leftovers;
mod outages;
mod refusals;
mod replicas;
#[path = "../support/redis.rs"]
mod server;

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::{
    Docket, DocketBuilder, Handlers, Outcome, Policy, Submission, Worker, WorkerBuilder,
};
use server::RedisServer;

/// The unit of time, as in the contract.
const TICK: Duration = Duration::from_millis(100);

/// The time limit of each step; a test that exceeds it hangs.
const AT_MOST: Duration = Duration::from_mins(1);

/// Opens a new docket with a unique name on `server`.
fn docket_on(server: &RedisServer) -> Docket {
    docket_with(server, |builder| builder)
}

fn docket_with(
    server: &RedisServer,
    options: impl FnOnce(DocketBuilder) -> DocketBuilder,
) -> Docket {
    let name = format!("test-{:016x}", fastrand::u64(..));
    open(&name, server, options)
}

/// Opens the docket with its own connections, as another process would.
fn open(
    name: &str,
    server: &RedisServer,
    options: impl FnOnce(DocketBuilder) -> DocketBuilder,
) -> Docket {
    options(Docket::builder(name))
        .url(&server.url())
        .expect("a URL")
}

/// Returns the Redis key for `name` in the docket.
fn key(docket: &Docket, name: &str) -> String {
    format!("{{fastmcp:{}}}:{name}", docket.name())
}

fn work(key: &str) -> Submission {
    Submission::new("work", "null").key(key)
}

fn worker_with<F, R>(
    docket: &Docket,
    options: impl FnOnce(WorkerBuilder) -> WorkerBuilder,
    body: F,
) -> Worker
where
    F: Fn(fastmcp::docket::Delivery) -> R + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    let handlers = Handlers::new().task("work", Policy::default(), body);
    options(Worker::builder(docket, Arc::new(handlers)))
        .build()
        .expect("a worker")
}

/// Returns a worker whose bodies do nothing.
fn idle_worker(docket: &Docket) -> Worker {
    worker_with(docket, |builder| builder, |_| async { Outcome::done() })
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(AT_MOST, future)
        .await
        .expect("it does not hang")
}
