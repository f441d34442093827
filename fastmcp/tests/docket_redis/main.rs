//! Tests that only apply to the Redis backend: several processes, foreign writes, outages. The tests in `contract`
//! cover the common guarantees.
#![cfg(feature = "redis")]

mod errors;
mod expiry;
mod failover;
mod failure_log;
mod foreign_writes;
mod lean_scripts;
mod outages;
mod replicas;
#[path = "../support/redis.rs"]
mod server;

use std::sync::Arc;
use std::time::Duration;

use fastmcp::docket::{
    Docket, DocketBuilder, Handlers, Outcome, Policy, Submission, Worker, WorkerBuilder,
};
use server::RedisServer;

/// The unit of durations, as in the contract.
const TICK: Duration = Duration::from_millis(100);

/// The time limit of a step. A step that exceeds it counts as stuck.
const TIME_LIMIT: Duration = Duration::from_mins(1);

/// Opens a docket with a unique name on `server`.
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

/// Opens a docket by name, with its own connections, as another process would.
fn open(
    name: &str,
    server: &RedisServer,
    options: impl FnOnce(DocketBuilder) -> DocketBuilder,
) -> Docket {
    options(Docket::builder(name))
        .url(&server.url())
        .expect("the URL is valid")
}

/// Returns the Redis key `name` of the docket. All keys but the root contain the version of the layout.
fn key(docket: &Docket, name: &str) -> String {
    let version = if name == "root" { "" } else { "2:" };
    format!("{{fastmcp:{}}}:{version}{name}", docket.name())
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
    F: Fn(fastmcp::docket::CurrentExecution) -> R + Send + Sync + 'static,
    R: Future<Output = Outcome> + Send + 'static,
{
    let handlers = Handlers::new().task("work", Policy::default(), body);
    options(Worker::builder(docket, Arc::new(handlers)))
        .build()
        .expect("the options are valid")
}

/// Builds a worker whose bodies return immediately.
fn idle_worker(docket: &Docket) -> Worker {
    worker_with(docket, |builder| builder, |_| async { Outcome::done() })
}

async fn in_time<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(TIME_LIMIT, future)
        .await
        .expect("the step ends within the time limit")
}
